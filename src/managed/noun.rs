//! What a noun has to say of itself: its names, its table, its calls, and what only it knows. All else is written once,
//! in this room.

use std::sync::Arc;

use async_trait::async_trait;
use runpod::{
    Call, Error, Kind, Refusal,
    collection::{Collection, Object},
};
use tf_provider::{AttributePath, Diagnostics, schema};

use super::{
    attribute::Attribute,
    connection::{Client, Connection},
    private::PrivateState,
    value::Attributes,
};

/// The calls that can be made for the objects of a noun.
pub type Calls<N> = dyn Collection<Object = <N as Noun>::Object, Write = <N as Noun>::Write>;

/// A kind of object that Runpod has and Terraform manages.
#[async_trait]
pub trait Noun: Send + Sync + Sized + 'static {
    /// An object as a read shows it.
    type Object: Object;

    /// What a create asks for and an update changes.
    type Write: Default + Clone + Send + Sync + 'static;

    /// The type of the resource, and of the data source for one: `runpod_endpoint`.
    const TYPE: &'static str;

    /// The type of the data source for all: `runpod_endpoints`. The part behind `runpod_` is its attribute.
    const TYPES: &'static str;

    /// What one is called in a sentence: `endpoint`.
    const NOUN: &'static str;

    /// What several are called in a sentence: `endpoints`.
    const NOUNS: &'static str;

    /// What the resource is, in a sentence or two; Markdown.
    const DESCRIPTION: &'static str;

    /// What its id looks like; Markdown.
    const ID: &'static str;

    /// Resource types of other providers whose state a `moved` block may hand over.
    const MOVED_FROM: &'static [&'static str];

    /// Whether GraphQL does not have it, so that it needs REST v2.
    const NEEDS_REST: bool = true;

    /// Whether the API knows a change of it; where not, every change of what the API holds replaces it.
    const CAN_UPDATE: bool = true;

    /// Refusals that say that what a write refers to does not exist.
    const MISSING: &'static [Refusal] = &[];

    /// Attributes of the resource that data sources do not show, since they say nothing of the object.
    const HIDDEN: &'static [&'static str] = &[];

    /// Every attribute but `id` and `timeouts`.
    fn table() -> &'static [Attribute<Self::Object, Self::Write>];

    /// The calls for an object with these attributes, which may decide the API.
    fn calls(client: &Client, attributes: &Attributes) -> Arc<Calls<Self>>;

    /// Checks what ties attributes of a configuration together.
    fn check(_: &mut Diagnostics, _: &Attributes) {}

    /// What only the noun knows of a plan: computed values that are known, replacements, values that an API cannot hold.
    async fn plan(_: &mut Diagnostics, _: &mut Plan<'_>) {}

    /// Puts values that the API shows in one place where `like` has them.
    fn place(_: &Self::Object, _: &mut Attributes, _: &Attributes) {}

    /// Where an update looks for values that the API shows in one place: where they are to be, or else where they were.
    fn looked_for(_prior: &Attributes, planned: &Attributes) -> Attributes {
        planned.clone()
    }

    /// Sets computed attributes that follow from others, where those are known.
    fn derive(_: &mut Attributes) {}

    /// Completes what is written where one attribute is not one field; `changed` has the state before and the
    /// configuration where it is an update. Whether something has to be written on account of it.
    fn complete(
        _: &mut Self::Write,
        _changed: Option<(&Attributes, &Attributes)>,
        _planned: &Attributes,
        _fresh: Option<&Self::Object>,
    ) -> bool {
        false
    }

    /// Refuses a write that would do harm, or takes out of it what has no effect, after the object was read and before
    /// anything is sent; `changed` has the state before and the planned one.
    async fn guard(
        _: &mut Diagnostics,
        _client: &Client,
        _call: &Call,
        _changed: (&Attributes, &Attributes),
        _fresh: &Self::Object,
        _write: &mut Self::Write,
    ) {
    }

    /// Refuses the import of an object that a read shows and Terraform could not manage.
    async fn check_import(_: &mut Diagnostics, _client: &Client, _call: &Call, _: &Self::Object) {}

    /// What a refusal of the API is about and how it is cured, where the noun knows.
    fn concern(_: &Error) -> Option<Concern> {
        None
    }

    /// What uses an object whose deletion the API refused, as a sentence, where that can be found out.
    async fn users(_client: &Client, _id: &str) -> Option<String> {
        None
    }

    /// What is to be remembered of an apply.
    fn applied(_config: &Attributes, _state: &Attributes) -> Option<serde_json::Value> {
        None
    }

    /// What there is to say of an object that reads show in a state: warnings of the plan.
    async fn read_warnings(
        _: &mut Diagnostics,
        _client: &Client,
        _call: &Call,
        _prior: &Attributes,
        _found: &Attributes,
    ) {
    }

    /// Adds what only the data source for one shows, by calls of its own.
    async fn complete_one(
        _: &mut Diagnostics,
        _: &Connection,
        _client: &Client,
        _call: &Call,
        _: &mut Attributes,
    ) {
    }

    /// Further attributes of the data source for all.
    fn attributes_of_all() -> Vec<(&'static str, schema::Attribute)> {
        Vec::new()
    }

    /// Their values.
    async fn complete_all(_client: &Client, _call: &Call, _: &mut Attributes) -> Result<(), Error> {
        Ok(())
    }

    /// Filters of its list beside `name_prefix`.
    fn filters() -> Vec<(&'static str, schema::Attribute)> {
        Vec::new()
    }

    /// Checks the filters' values.
    fn check_filters(_: &mut Diagnostics, _: &Attributes) {}

    /// Refuses filters that the chosen API cannot answer.
    fn plan_filters(_: &mut Diagnostics, _: &Client, _: &Attributes) {}

    /// Whether an object passes the noun's own filters.
    fn passes(_filters: &Attributes, _state: &Attributes) -> bool {
        true
    }

    /// All objects that may pass the filters, for a list.
    async fn importable(
        client: &Client,
        call: &Call,
        _filters: &Attributes,
    ) -> Result<Importable<Self::Object>, Error> {
        let listing = Self::calls(client, &Attributes::default()).list(call).await?;
        Ok(Importable {
            objects: listing.objects.clone(),
            unread: Vec::new(),
            is_capped: listing.is_capped,
        })
    }

    /// Takes out of a generated configuration what a person would not write.
    fn generate(_: &mut Attributes) {}

    /// All objects as data sources show them, and whether some may be missing.
    async fn all(client: &Client, call: &Call) -> Result<(Vec<Attributes>, bool), Error> {
        let listing = Self::calls(client, &Attributes::default()).list(call).await?;
        let objects = listing
            .objects
            .iter()
            .map(|object| super::data_source::shown::<Self>(object));
        Ok((objects.collect(), listing.is_capped))
    }
}

/// The objects of a list.
pub struct Importable<T> {
    /// Those that are as an import would read them.
    pub objects: Vec<T>,
    /// Those that another API listed: an import reads each by its id.
    pub unread: Vec<T>,
    /// Whether some may be missing.
    pub is_capped: bool,
}

/// A plan that is being made.
pub struct Plan<'p> {
    /// The way to the API, for what a plan must ask.
    pub connection: &'p Connection,
    /// The configuration.
    pub config: &'p Attributes,
    /// The state before; none where the object is to be created.
    pub prior: Option<&'p Attributes>,
    /// The state that is planned so far.
    pub planned: Attributes,
    /// What is remembered beside the state before.
    pub private: &'p PrivateState,
    /// Attributes whose change replaces the object.
    pub replace: Vec<&'static str>,
}

impl Plan<'_> {
    /// Whether the plan changes an attribute, or may.
    pub fn changes(&self, name: &str) -> bool {
        self.prior
            .is_none_or(|prior| prior.get(name) != self.planned.get(name))
    }

    /// Whether the configuration of an attribute is other than what the state has: then a value that is at fault is the
    /// user's and not Runpod's.
    pub fn is_configured_anew(&self, name: &str) -> bool {
        let configured = self.config.get(name);
        !configured.is_null() && self.prior.is_none_or(|prior| prior.get(name) != configured)
    }
}

/// What a refusal is about.
pub struct Concern {
    /// The attribute that it is told at.
    pub attribute: AttributePath,
    /// The refusal in a few words, for the first line of the error; the API's answer follows.
    pub headline: &'static str,
    /// What to do about it.
    pub advice: &'static str,
}

impl Concern {
    /// A refusal that is about this attribute, or about none where it is empty.
    pub fn at(attribute: &'static str, headline: &'static str, advice: &'static str) -> Self {
        Self {
            attribute: if attribute.is_empty() {
                AttributePath::root()
            } else {
                AttributePath::new(attribute)
            },
            headline,
            advice,
        }
    }

    /// The refusal of a name that another object of the account has, for nouns whose names are unique.
    pub fn name_taken(failure: &Error, advice: &'static str) -> Option<Self> {
        let is_taken = failure.kind == Kind::Refused(Refusal::NAME_TAKEN);
        is_taken.then(|| Self::at("name", "the name is taken", advice))
    }
}
