//! Which operation runs what.

use super::{
    call::{Call, Done},
    problem::Problem,
    routes::{Noun, Operation},
};

impl Call<'_> {
    /// Runs the operation.
    pub(super) fn run(&self, operation: Operation, id: &str) -> Done {
        match operation {
            Operation::List(noun) => self.list(noun),
            Operation::Read(noun) => self.read(noun, id),
            Operation::Create(noun) => self.create(noun),
            Operation::Update(noun) => self.update(noun, id),
            Operation::Delete(noun) => self.delete(noun, id),
            Operation::Workers => self.workers(id),
            Operation::Releases => self.releases(id),
            Operation::Builds => self.builds(id),
            Operation::Build => {
                self.endpoint_exists(id)?;
                Err(Problem::missing("build"))
            }
            Operation::GpuTypes => self.gpu_types(),
            Operation::GpuType => self.gpu_type(id),
            Operation::CpuTypes => self.cpu_types(),
            Operation::CpuType => self.cpu_type(id),
            Operation::DataCenters => self.data_centers(),
            Operation::DataCenter => self.data_center(id),
            Operation::CatalogTemplates => self.catalog_templates(),
            Operation::SshKeys => self.ssh_keys(),
            Operation::ReplaceSshKeys => self.replace_ssh_keys(),
        }
    }

    fn list(&self, noun: Noun) -> Done {
        match noun {
            Noun::Endpoint => self.list_endpoints(),
            Noun::Template => self.list_templates(),
            Noun::Volume => self.list_volumes(),
            Noun::Registry => self.list_registries(),
            Noun::Delegation => self.list_delegations(),
            Noun::Secret => self.list_secrets(),
        }
    }

    fn read(&self, noun: Noun, id: &str) -> Done {
        match noun {
            Noun::Endpoint => self.read_endpoint(id),
            Noun::Template => self.read_template(id),
            Noun::Volume => self.read_volume(id),
            Noun::Registry => self.read_registry(id),
            Noun::Secret => self.read_secret(id),
            Noun::Delegation => Err(Problem::missing("delegation")),
        }
    }

    fn create(&self, noun: Noun) -> Done {
        let (_, body) = match noun {
            Noun::Endpoint => self.create_endpoint(),
            Noun::Template => self.create_template(),
            Noun::Volume => self.create_volume(),
            Noun::Registry => self.create_registry(),
            Noun::Delegation => self.create_delegation(),
            Noun::Secret => self.create_secret(),
        }?;
        Ok((self.switches.create_status, body))
    }

    fn update(&self, noun: Noun, id: &str) -> Done {
        match noun {
            Noun::Endpoint => self.update_endpoint(id),
            Noun::Template => self.update_template(id),
            Noun::Volume => self.update_volume(id),
            Noun::Secret => self.update_secret(id),
            Noun::Registry | Noun::Delegation => Err(Problem::missing("resource")),
        }
    }

    fn delete(&self, noun: Noun, id: &str) -> Done {
        match noun {
            Noun::Endpoint => self.delete_endpoint(id),
            Noun::Template => self.delete_template(id),
            Noun::Volume => self.delete_volume(id),
            Noun::Registry => self.delete_registry(id),
            Noun::Delegation => self.delete_delegation(id),
            Noun::Secret => self.delete_secret(id),
        }
    }
}
