//! A toy noun: all that this room does for a noun, on objects in memory, with every type of attribute.
#![allow(clippy::unwrap_used)]

use std::sync::{Arc, Mutex, MutexGuard};

use async_trait::async_trait;
use plugin::Stop;
use runpod::{Call, Collection, Deletion, Error, Listing, Object, Settings, creation::Creator};
use serde_json::{Value as Json, json};
use tf_provider::{
    Diagnostics, Resource,
    value::{Value, ValueEmpty},
};

use super::{
    attribute::{Attribute, Field, Mode, Rule, Type},
    connection::{Api, Client, Connection, JobsAddress},
    journal::FileJournal,
    noun::{Calls, Noun},
    private::PrivateState,
    recent::Recent,
    resource::ManagedResource,
    scope::Scope,
    spelling::Spelling,
    value::{Attributes, Datum, boolean, integer, map, number, pairs, strings, text, truth, word, words},
};

/// A toy, as the API has it and as it is written.
#[derive(Clone, Debug, Default, PartialEq)]
struct Toy {
    id: String,
    name: Option<String>,
    is_loud: Option<bool>,
    weight: Option<i64>,
    colours: Option<Vec<String>>,
    labels: Option<Vec<(String, String)>>,
    size: Option<i64>,
    secret: Option<String>,
}

impl Object for Toy {
    fn id(&self) -> &str {
        &self.id
    }

    fn name(&self) -> &str {
        self.name.as_deref().unwrap_or_default()
    }

    fn created_at(&self) -> Option<i64> {
        None
    }
}

/// The account's toys, and what was written.
#[derive(Default)]
struct Toys {
    rows: Mutex<Vec<Toy>>,
    writes: Mutex<Vec<Toy>>,
}

static TOYS: std::sync::LazyLock<Arc<Toys>> = std::sync::LazyLock::new(Arc::default);

impl Toys {
    fn rows(&self) -> MutexGuard<'_, Vec<Toy>> {
        self.rows.lock().unwrap()
    }

    fn write(&self, row: &mut Toy, write: &Toy) {
        self.writes.lock().unwrap().push(write.clone());
        let Toy {
            name,
            is_loud,
            weight,
            colours,
            labels,
            size,
            secret,
            ..
        } = write.clone();
        row.name = name.or(row.name.take());
        row.is_loud = is_loud.or(row.is_loud);
        row.weight = weight.or(row.weight).or(Some(3));
        row.colours = colours.or(row.colours.take());
        row.labels = labels.or(row.labels.take());
        row.size = size.or(row.size);
        row.secret = secret.or(row.secret.take());
    }
}

#[async_trait]
impl Collection for Toys {
    type Object = Toy;
    type Write = Toy;

    fn noun(&self) -> &'static str {
        "toy"
    }

    async fn list(&self, _: &Call) -> Result<Arc<Listing<Toy>>, Error> {
        let objects = self.rows().clone();
        Ok(Arc::new(Listing {
            objects,
            is_capped: false,
            owner: Some("me".to_owned()),
        }))
    }

    async fn fresh_list(&self, call: &Call) -> Result<Arc<Listing<Toy>>, Error> {
        self.list(call).await
    }

    async fn find(&self, _: &Call, id: &str) -> Result<Option<Toy>, Error> {
        Ok(self.rows().iter().find(|row| row.id == id).cloned())
    }

    async fn create(&self, _: &Call, write: &Toy) -> Result<Toy, Error> {
        let mut row = Toy {
            id: "toy1".to_owned(),
            ..Toy::default()
        };
        self.write(&mut row, write);
        self.rows().push(row.clone());
        Ok(row)
    }

    async fn update(&self, _: &Call, fresh: &Toy, write: &Toy) -> Result<Toy, Error> {
        let mut row = fresh.clone();
        self.write(&mut row, write);
        self.rows().retain(|kept| kept.id != row.id);
        self.rows().push(row.clone());
        Ok(row)
    }

    async fn delete(&self, _: &Call, id: &str) -> Result<Deletion, Error> {
        self.rows().retain(|row| row.id != id);
        Ok(Deletion::Done)
    }

    async fn owner(&self, _: &Call) -> Result<Option<String>, Error> {
        Ok(Some("me".to_owned()))
    }

    fn asked(&self, write: &Toy) -> Json {
        json!({"name": write.name})
    }

    fn is_as_asked(&self, asked: &Json, object: &Toy) -> bool {
        asked.get("name").and_then(Json::as_str) == object.name.as_deref()
    }
}

const ROW: Attribute<Toy, Toy> = Attribute::ROW;

const BOX: &[Field] = &[Field {
    name: "size",
    kind: Type::Number,
    description: "How large.",
    rule: Rule::AtLeast(1),
}];

/// A row for each type of attribute, a default of our own, one that replaces and one that is write-only.
static ATTRIBUTES: [Attribute<Toy, Toy>; 8] = [
    Attribute {
        name: "name",
        mode: Mode::Required,
        replaces: true,
        read: |toy| text(toy.name.as_deref()),
        write: |toy, value| toy.name = word(value),
        ..ROW
    },
    Attribute {
        name: "loud",
        kind: Type::Bool,
        default: Some(|| Datum::Bool(true)),
        read: |toy| boolean(toy.is_loud),
        write: |toy, value| toy.is_loud = truth(value),
        ..ROW
    },
    Attribute {
        name: "weight",
        kind: Type::Number,
        read: |toy| integer(toy.weight),
        write: |toy, value| toy.weight = number(value),
        ..ROW
    },
    Attribute {
        name: "colours",
        kind: Type::Set,
        mode: Mode::Optional,
        spelling: Spelling::Words,
        read: |toy| strings(toy.colours.iter().flatten().map(String::as_str)),
        write: |toy, value| toy.colours = Some(words(value).unwrap_or_default()),
        ..ROW
    },
    Attribute {
        name: "labels",
        kind: Type::Map,
        mode: Mode::Optional,
        read: |toy| map(toy.labels.iter().flatten().map(|(key, value)| (key, value))),
        write: |toy, value| toy.labels = Some(pairs(value).unwrap_or_default()),
        ..ROW
    },
    Attribute {
        name: "box",
        kind: Type::Object(BOX),
        mode: Mode::Optional,
        read: |toy| {
            toy.size.map_or(Value::Null, |size| {
                let mut object = Attributes::default();
                object.set("size", integer(Some(size)));
                Value::Value(Datum::Object(object))
            })
        },
        write: |toy, value| {
            if let Some(Datum::Object(object)) = value.as_ref_option() {
                toy.size = object.integer("size");
            }
        },
        ..ROW
    },
    Attribute {
        name: "secret_wo",
        mode: Mode::Optional,
        write_only: true,
        write: |toy, value| toy.secret = word(value),
        ..ROW
    },
    Attribute {
        name: "secret_wo_version",
        kind: Type::Number,
        mode: Mode::Optional,
        ..ROW
    },
];

struct ToyNoun;

#[async_trait]
impl Noun for ToyNoun {
    type Object = Toy;
    type Write = Toy;

    const TYPE: &'static str = "toy_toy";
    const TYPES: &'static str = "toy_toys";
    const NOUN: &'static str = "toy";
    const NOUNS: &'static str = "toys";
    const DESCRIPTION: &'static str = "A toy.";
    const ID: &'static str = "Its id.";
    const MOVED_FROM: &'static [&'static str] = &[];

    fn table() -> &'static [Attribute<Toy, Toy>] {
        &ATTRIBUTES
    }

    fn calls(_: &Client, _: &Attributes) -> Arc<Calls<Self>> {
        TOYS.clone()
    }
}

fn attributes(json: Json) -> Attributes {
    serde_json::from_value(json).unwrap()
}

fn connection(directory: &tempfile::TempDir) -> Connection {
    let url: url::Url = "http://127.0.0.1:9/".parse().unwrap();
    let settings = Settings {
        graphql_url: url.clone(),
        rest_url: url.clone(),
        jobs_url: url.clone(),
        key: "key".into(),
        user_agent: "toy".to_owned(),
        request_timeout: std::time::Duration::from_secs(1),
        max_retries: 0,
    };
    let journal = Arc::new(FileJournal::open(directory.path(), Scope::default(), "toy"));
    let connection = Connection::new(Stop::default());
    let client = Client {
        runpod: runpod::Client::new(settings).unwrap(),
        api: Api::Auto,
        jobs: JobsAddress {
            url,
            is_default: false,
        },
        creator: Creator::new(journal.clone()),
        recent: Recent::default(),
        journal,
    };
    connection.configure(Some(client), Vec::new());
    connection
}

#[tokio::test]
async fn a_toy_is_planned_created_read_changed_replaced_and_destroyed() {
    let directory = tempfile::tempdir().unwrap();
    let toys = ManagedResource::<ToyNoun>::new(connection(&directory));
    let mut diags = Diagnostics::default();
    let config = attributes(json!({
        "name": "bear", "colours": ["Red", "blue"], "labels": {"a": "1"}, "box": {"size": 2}, "secret_wo": "hidden",
        "secret_wo_version": 1,
    }));
    toys.validate(&mut diags, config.clone()).await.unwrap();
    let (planned, _) = toys
        .plan_create(&mut diags, config.clone(), config.clone(), ValueEmpty::default())
        .await
        .unwrap();
    assert_eq!(
        planned.get("loud"),
        &Value::Value(Datum::Bool(true)),
        "a default of our own is known"
    );
    assert!(planned.get("weight").is_unknown() && planned.get("secret_wo").is_null());
    let (state, private) = toys
        .create(&mut diags, planned, config.clone(), None, ValueEmpty::default())
        .await
        .unwrap();
    assert_eq!(TOYS.rows().first().unwrap().secret.as_deref(), Some("hidden"));
    assert_eq!(
        (state.text("id"), state.integer("weight")),
        (Some("toy1"), Some(3))
    );
    assert!(state.get("secret_wo").is_null());

    // Respelled and reordered by the API, it is still the same.
    TOYS.rows().first_mut().unwrap().colours = Some(vec!["BLUE".to_owned(), "red".to_owned()]);
    let (read, private) = toys
        .read(&mut diags, state.clone(), private, ValueEmpty::default())
        .await
        .unwrap();
    assert_eq!(read, state);
    assert_eq!(private.as_ref().unwrap().owner.as_deref(), Some("me"));

    // Only what differs is written; a write-only value where its version does.
    let mut wanted = config.clone();
    wanted.set("weight", integer(Some(5)));
    wanted.set("secret_wo", text(Some("another")));
    wanted.set("secret_wo_version", integer(Some(2)));
    let mut proposed = wanted.clone();
    for name in ["id", "loud"] {
        proposed.set(name, state.get(name).clone());
    }
    let (planned, private, replace) = toys
        .plan_update(
            &mut diags,
            state.clone(),
            proposed,
            wanted.clone(),
            private,
            ValueEmpty::default(),
        )
        .await
        .unwrap();
    assert!(replace.is_empty());
    TOYS.writes.lock().unwrap().clear();
    let (state, private) = toys
        .update(
            &mut diags,
            state,
            planned,
            wanted.clone(),
            private,
            ValueEmpty::default(),
        )
        .await
        .unwrap();
    let written = TOYS.writes.lock().unwrap().pop().unwrap();
    let expected = Toy {
        weight: Some(5),
        secret: Some("another".to_owned()),
        ..Toy::default()
    };
    assert_eq!(written, expected);

    // A name replaces.
    let mut proposed = state.clone();
    proposed.set("name", text(Some("rabbit")));
    let mut renamed = wanted;
    renamed.set("name", text(Some("rabbit")));
    let (.., replace) = toys
        .plan_update(
            &mut diags,
            state.clone(),
            proposed,
            renamed,
            private,
            ValueEmpty::default(),
        )
        .await
        .unwrap();
    assert_eq!(replace, [tf_provider::AttributePath::new("name")]);

    let (imported, memory) = toys.import(&mut diags, " toy1 ".to_owned()).await.unwrap();
    assert_eq!(
        imported.get("colours"),
        &Value::Value(Datum::texts(["BLUE", "red"])),
        "an import has the API's words"
    );
    assert!(memory.unwrap().imported);

    toys.destroy(
        &mut diags,
        state,
        Some(PrivateState::default()),
        ValueEmpty::default(),
    )
    .await
    .unwrap();
    assert!(
        TOYS.rows().is_empty() && diags.errors.is_empty(),
        "{:?}",
        diags.errors
    );
}

#[test]
fn every_mistake_of_every_type_is_told_at_its_attribute_and_no_secret_with_it() {
    let mut diags = Diagnostics::default();
    let config = attributes(json!({
        "name": null, "weight": 1.5, "colours": ["", null], "labels": {"a": null}, "box": {"size": 0}, "secret_wo": "",
    }));
    for row in &ATTRIBUTES {
        row.check(&mut diags, &config);
    }
    let told: Vec<String> = diags
        .errors
        .iter()
        .map(|error| error.summary.to_string())
        .collect();
    let expected = ["name", "weight", "colours", "labels", "box.size", "secret_wo"];
    assert_eq!(told, expected.map(|name| format!("Invalid value for {name}")));
}
