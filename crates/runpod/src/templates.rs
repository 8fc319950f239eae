//! Templates (V2 5.1): a container's settings by name, which endpoints take over.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    Action, Api, Env, KnownRefusal, Object, Operation, Refusal,
    asked::{has_variables, without_nulls},
    rest::{
        collection::{Noun, RestCollection},
        container::{Container, ContainerWrite},
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
    /// The container's image.
    pub image: Option<String>,
    /// Arguments of the container as one text; none where empty.
    pub args: Option<String>,
    /// The container's entrypoint.
    pub entrypoint: Vec<String>,
    /// The container's command.
    pub cmd: Vec<String>,
    /// The container's disk in GB.
    pub disk: Option<i64>,
    /// Open ports, such as `8080/http`.
    pub ports: Vec<String>,
    /// The container's environment.
    pub env: Env,
    /// The credential for the image's registry.
    pub registry_id: Option<String>,
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
    /// Required at creation.
    pub image: Option<String>,
    /// Arguments of the container as one text; excludes the two that follow.
    pub args: Option<String>,
    /// The container's entrypoint.
    pub entrypoint: Option<Vec<String>>,
    /// The container's command.
    pub cmd: Option<Vec<String>>,
    /// The container's disk in GB.
    pub disk: Option<i64>,
    /// Open ports, such as `8080/http`.
    pub ports: Option<Vec<String>>,
    /// The whole environment.
    pub env: Option<Env>,
    /// The credential for the image's registry.
    pub registry_id: Option<String>,
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
    fn container(&self) -> ContainerWrite<'_> {
        ContainerWrite {
            image: self.image.as_ref(),
            args: self.args.as_ref(),
            entrypoint: self.entrypoint.as_ref(),
            cmd: self.cmd.as_ref(),
            disk: self.disk,
            ports: self.ports.as_ref(),
            env: self.env.as_ref(),
            registry_id: self.registry_id.as_ref(),
        }
    }

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
        let mounts =
            |volume: &PersistentVolume| json!({"persistent": {"size": volume.size, "path": volume.path}});
        put("mounts", volume.map(mounts));
        self.container().put(&fresh.container(), &mut body);
        body
    }
}

impl Template {
    fn container(&self) -> Container {
        Container {
            image: self.image.clone(),
            args: self.args.clone(),
            entrypoint: self.entrypoint.clone(),
            cmd: self.cmd.clone(),
            disk: self.disk,
            ports: self.ports.clone(),
            env: self.env.clone(),
            registry_id: self.registry_id.clone(),
        }
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
        write.container().hidden()
    }

    fn asked(write: &TemplateWrite) -> Value {
        let mut body = Self::create(write);
        if let (Some(env), Some(body)) = (&write.env, body.as_object_mut()) {
            body.insert("env".to_owned(), env.digests());
        }
        without_nulls(body)
    }

    fn is_as_asked(asked: &Value, object: &Template) -> bool {
        let has_env = asked.get("env").is_none_or(|env| has_variables(env, &object.env));
        // What would be sent to make this of the object is what it lacks.
        let wanted: Result<Row, _> = serde_json::from_value(with_id(asked));
        has_env && wanted.is_ok_and(|row| lacks_nothing(asked, &row.into(), object))
    }
}

/// What was asked for as a row: without variables, whose values are not known.
fn with_id(asked: &Value) -> Value {
    let mut row = asked.as_object().cloned().unwrap_or_default();
    row.insert("id".to_owned(), json!("asked"));
    row.insert("env".to_owned(), json!({}));
    Value::Object(row)
}

/// Whether the object has what the row says, as far as it was asked for.
fn lacks_nothing(asked: &Value, wanted: &Template, object: &Template) -> bool {
    let is_asked = |field: &str| asked.get(field).is_some();
    let list = |field: &str, list: &Vec<String>| is_asked(field).then(|| list.clone());
    let write = TemplateWrite {
        name: Some(wanted.name.clone()),
        image: wanted.image.clone(),
        args: wanted.args.clone(),
        entrypoint: list("entrypoint", &wanted.entrypoint),
        cmd: list("cmd", &wanted.cmd),
        disk: wanted.disk,
        ports: list("ports", &wanted.ports),
        env: None,
        registry_id: wanted.registry_id.clone(),
        serverless: wanted.serverless,
        public: wanted.public,
        category: wanted.category.clone(),
        start_ssh: wanted.start_ssh,
        start_jupyter: wanted.start_jupyter,
        allowed_cuda_versions: list("allowedCudaVersions", &wanted.allowed_cuda_versions),
        persistent_volume: wanted.persistent_volume.clone(),
    };
    write.body(object).is_empty()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use serde_json::from_value;

    fn write() -> TemplateWrite {
        TemplateWrite {
            name: Some("sdxl".to_owned()),
            image: Some("a:1".to_owned()),
            cmd: Some(vec!["python".to_owned()]),
            disk: Some(20),
            ports: Some(vec![]),
            env: Some(Env::from([("HF_TOKEN", "hf_secret")])),
            registry_id: Some(String::new()),
            serverless: Some(true),
            allowed_cuda_versions: Some(vec!["12.8".to_owned(), "12.4".to_owned()]),
            ..TemplateWrite::default()
        }
    }

    fn read() -> Template {
        from_value::<Row>(json!({
            "id": "ru5n1lipag", "name": "sdxl", "image": "a:1", "args": "{\"entrypoint\":[],\"cmd\":[\"python\"]}",
            "cmd": ["python"], "entrypoint": [], "disk": 20, "ports": ["80/http"], "env": {"HF_TOKEN": "hf_secret"},
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
        assert_eq!(
            Value::Object(TemplateNoun::update(&read(), &write())),
            json!({"ports": []})
        );
        let same = TemplateWrite {
            ports: None,
            ..write()
        };
        assert!(TemplateNoun::update(&read(), &same).is_empty());
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
        let asked = TemplateNoun::asked(&write());
        assert!(!asked.to_string().contains("hf_secret"), "{asked}");
        assert!(TemplateNoun::is_as_asked(&asked, &read()));
        let others = [
            Template {
                name: "flux".to_owned(),
                ..read()
            },
            Template {
                image: Some("a:2".to_owned()),
                ..read()
            },
            Template {
                env: Env::from([("HF_TOKEN", "other")]),
                ..read()
            },
            Template {
                cmd: vec![],
                ..read()
            },
            Template {
                serverless: Some(false),
                ..read()
            },
        ];
        for other in others {
            assert!(!TemplateNoun::is_as_asked(&asked, &other), "{other:?}");
        }
    }
}
