//! Templates (V2 5.1): a container's settings by name, which endpoints take over.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    Action, Api, KnownRefusal, Object, Operation, Refusal,
    asked::{Asked, same},
    container::{Container, ContainerWrite},
    rest::{
        collection::{Noun, RestCollection},
        container,
        template_row::Row,
    },
};

/// The refusals of writes to templates that are known.
pub const REFUSALS: &[KnownRefusal] = &[KnownRefusal {
    says: &["must be unique"],
    means: Refusal::NAME_TAKEN,
}];

const fn operation(action: Action, name: &'static str, does: &'static str) -> Operation {
    Operation::new(Api::Rest, action, name, does).knowing(REFUSALS)
}

/// The templates of an account; public ones of others are found by id, but not listed.
pub type Templates = RestCollection<TemplateNoun>;

/// A template as a read shows it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Template {
    /// Ten letters and digits.
    pub id: String,
    /// Unique in the account.
    pub name: String,
    /// The container.
    pub container: Container,
    /// Whether it is for serverless workers, not for pods.
    pub serverless: Option<bool>,
    /// Whether others see it.
    pub public: Option<bool>,
    /// `CPU`, `NVIDIA` or `AMD`, or a word that the API has learnt since.
    pub category: Option<String>,
    /// Whether pods get SSH.
    pub start_ssh: Option<bool>,
    /// Whether pods get JupyterLab.
    pub start_jupyter: Option<bool>,
    /// CUDA versions that a machine may have, `major.minor`; empty is any.
    pub allowed_cuda_versions: Vec<String>,
    /// The volume of pods; none on a serverless template.
    pub persistent_volume: Option<PersistentVolume>,
}

/// A volume that goes with each pod of a template.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct PersistentVolume {
    /// GB, at least 10.
    pub size: i64,
    /// Where it is mounted.
    pub path: String,
}

impl Object for Template {
    fn id(&self) -> &str {
        &self.id
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn created_at(&self) -> Option<i64> {
        None
    }
}

/// What a create asks for, or what an update changes: `None` is left to the API or as it is; empty clears.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TemplateWrite {
    /// Required at creation.
    pub name: Option<String>,
    /// The container; its image is required at creation.
    pub container: ContainerWrite,
    /// Whether it is for serverless workers; the API's default is no.
    pub serverless: Option<bool>,
    /// Whether others see it.
    pub public: Option<bool>,
    /// `CPU`, `NVIDIA` or `AMD`.
    pub category: Option<String>,
    /// Whether pods get SSH; the API's default is yes.
    pub start_ssh: Option<bool>,
    /// Whether pods get JupyterLab; the API's default is yes.
    pub start_jupyter: Option<bool>,
    /// CUDA versions that a machine may have.
    pub allowed_cuda_versions: Option<Vec<String>>,
    /// The volume of pods, which can be changed and never be taken away.
    pub persistent_volume: Option<PersistentVolume>,
}

impl TemplateWrite {
    /// The body that makes this of a template.
    fn body(&self, fresh: &Template) -> Map<String, Value> {
        let mut body = Map::new();
        let mut put = |name: &str, value: Option<Value>| {
            if let Some(value) = value {
                body.insert(name.to_owned(), value);
            }
        };
        let flag =
            |wanted: Option<bool>, has: Option<bool>| wanted.filter(|_| wanted != has).map(Value::from);
        let name = self.name.as_ref().filter(|name| **name != fresh.name);
        put("name", name.map(|name| json!(name)));
        put("serverless", flag(self.serverless, fresh.serverless));
        put("public", flag(self.public, fresh.public));
        let category = self.category.as_ref();
        let category = category.filter(|category| Some(*category) != fresh.category.as_ref());
        put("category", category.map(|category| json!(category)));
        put("startSsh", flag(self.start_ssh, fresh.start_ssh));
        put("startJupyter", flag(self.start_jupyter, fresh.start_jupyter));
        let sorted = |items: &[String]| {
            let mut items = items.to_vec();
            items.sort();
            items
        };
        let versions = self.allowed_cuda_versions.as_ref();
        let versions = versions.filter(|wanted| sorted(wanted) != sorted(&fresh.allowed_cuda_versions));
        put("allowedCudaVersions", versions.map(|versions| json!(versions)));
        let volume = self.persistent_volume.as_ref();
        let volume = volume.filter(|volume| Some(*volume) != fresh.persistent_volume.as_ref());
        put("mounts", volume.map(mounts));
        container::put(&self.container, &fresh.container, &mut body);
        body
    }
}

/// Templates as a noun of REST v2.
pub struct TemplateNoun;

impl Noun for TemplateNoun {
    type Object = Template;
    type Row = Row;
    type Write = TemplateWrite;

    const NAME: &'static str = "template";
    const PATH: &'static [&'static str] = &["templates"];
    const FIELD: &'static str = "templates";
    const HAS_PAGES: bool = true;
    const LIST: Operation = operation(Action::List, "GET /v2/templates", "list the account's templates");
    const READ: Operation = operation(Action::Read, "GET /v2/templates/{id}", "read the template");
    const CREATE: Operation = operation(Action::Create, "POST /v2/templates", "create the template");
    const UPDATE: Operation = operation(Action::Update, "PATCH /v2/templates/{id}", "update the template");
    const DELETE: Operation = operation(Action::Delete, "DELETE /v2/templates/{id}", "delete the template");

    fn create(write: &TemplateWrite) -> Value {
        let mut body = write.body(&Template::default());
        body.retain(|_, value| !matches!(value, Value::Array(items) if items.is_empty()));
        Value::Object(body)
    }

    fn update(fresh: &Template, write: &TemplateWrite) -> Map<String, Value> {
        write.body(fresh)
    }

    fn hidden(write: &TemplateWrite) -> Vec<String> {
        write.container.hidden()
    }

    const ASKED: &'static [Asked<TemplateWrite, Template>] = &[
        Asked {
            name: "name",
            asked: |write| json!(write.name),
            has: |asked, template| *asked == json!(template.name),
        },
        Asked {
            name: "container",
            asked: |write| crate::container::asked(&write.container),
            has: |asked, template| crate::container::is_as_asked(asked, &template.container),
        },
        Asked {
            name: "serverless",
            asked: |write| json!(write.serverless),
            has: |asked, template| *asked == json!(template.serverless.unwrap_or_default()),
        },
        Asked {
            name: "public",
            asked: |write| json!(write.public),
            has: |asked, template| *asked == json!(template.public.unwrap_or_default()),
        },
        Asked {
            name: "category",
            asked: |write| json!(write.category),
            has: |asked, template| {
                template
                    .category
                    .as_ref()
                    .is_none_or(|category| same(asked, category))
            },
        },
        Asked {
            name: "startSsh",
            asked: |write| json!(write.start_ssh),
            has: |asked, template| template.start_ssh.is_none_or(|starts| same(asked, starts)),
        },
        Asked {
            name: "startJupyter",
            asked: |write| json!(write.start_jupyter),
            has: |asked, template| template.start_jupyter.is_none_or(|starts| same(asked, starts)),
        },
        Asked {
            name: "allowedCudaVersions",
            asked: |write| json!(write.allowed_cuda_versions),
            has: |asked, template| same(asked, &template.allowed_cuda_versions),
        },
        Asked {
            name: "mounts",
            asked: |write| write.persistent_volume.as_ref().map(mounts).unwrap_or_default(),
            has: |asked, template| template.persistent_volume.as_ref().map(mounts).as_ref() == Some(asked),
        },
    ];
}

/// A persistent volume as the API spells it.
fn mounts(volume: &PersistentVolume) -> Value {
    json!({"persistent": {"size": volume.size, "path": volume.path}})
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::{Env, asked};
    use serde_json::from_value;

    fn write() -> TemplateWrite {
        TemplateWrite {
            name: Some("sdxl".to_owned()),
            container: ContainerWrite {
                image: Some("a:1".to_owned()),
                cmd: Some(vec!["python".to_owned()]),
                disk: Some(20),
                ports: Some(vec![]),
                env: Some(Env::from([("HF_TOKEN", "hf_secret")])),
                registry_id: Some(String::new()),
                ..ContainerWrite::default()
            },
            serverless: Some(true),
            allowed_cuda_versions: Some(vec!["12.8".to_owned(), "12.4".to_owned()]),
            ..TemplateWrite::default()
        }
    }

    fn read() -> Template {
        from_value::<Row>(json!({
            "id": "ru5n1lipag", "name": "sdxl", "image": "a:1", "args": "{\"entrypoint\":[],\"cmd\":[\"python\"]}",
            "cmd": ["python"], "entrypoint": [], "disk": 20, "ports": [], "env": {"HF_TOKEN": "hf_secret"},
            "registry": null, "serverless": true, "public": false, "category": "NVIDIA", "startSsh": true,
            "startJupyter": true, "allowedCudaVersions": ["12.4", "12.8"], "readme": ""
        }))
        .unwrap()
        .into()
    }

    #[test]
    fn a_create_sends_what_is_given() {
        let expected = json!({
            "name": "sdxl", "image": "a:1", "cmd": ["python"], "disk": 20, "env": {"HF_TOKEN": "hf_secret"},
            "serverless": true, "allowedCudaVersions": ["12.8", "12.4"]
        });
        assert_eq!(TemplateNoun::create(&write()), expected);
    }

    #[test]
    fn an_update_sends_what_differs() {
        let mut open = read();
        open.container.ports = vec!["80/http".to_owned()];
        assert_eq!(
            Value::Object(TemplateNoun::update(&open, &write())),
            json!({"ports": []})
        );
        assert!(TemplateNoun::update(&read(), &write()).is_empty());
        let volume = PersistentVolume {
            size: 10,
            path: "/data".to_owned(),
        };
        let more = TemplateWrite {
            public: Some(true),
            persistent_volume: Some(volume),
            ..TemplateWrite::default()
        };
        assert_eq!(
            Value::Object(TemplateNoun::update(&read(), &more)),
            json!({"public": true, "mounts": {"persistent": {"size": 10, "path": "/data"}}})
        );
    }

    #[test]
    fn what_was_asked_for_is_recognised_without_a_value_of_a_variable() {
        let asked = asked::asked(TemplateNoun::ASKED, &write());
        assert!(!asked.to_string().contains("hf_secret"), "{asked}");
        assert!(asked::is_as_asked(TemplateNoun::ASKED, &asked, &read()));
        let others: [fn(&mut Template); 5] = [
            |template| template.name = "flux".to_owned(),
            |template| template.container.image = Some("a:2".to_owned()),
            |template| template.container.env = Env::from([("HF_TOKEN", "other")]),
            |template| template.container.cmd = vec![],
            |template| template.serverless = Some(false),
        ];
        for change in others {
            let mut other = read();
            change(&mut other);
            assert!(
                !asked::is_as_asked(TemplateNoun::ASKED, &asked, &other),
                "{other:?}"
            );
        }
    }
}
