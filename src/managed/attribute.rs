//! What an attribute is, in one row: its type, mode, description, rule, and its field in the API.
//!
//! A noun (a folder such as `endpoint/`) is mostly a table of these rows. Schema, checks, documentation, plans, the
//! conversions between state and API, and what is a difference are all read off the table.

use std::collections::HashMap;

use tf_provider::{
    AttributePath, Diagnostics,
    schema::{self, AttributeConstraint, AttributeType, Description},
    value::Value,
};

use super::{
    diagnostic::{error_at, warn_at},
    spelling::{Spelling, same_json},
    value::{Attributes, Datum, written},
};

/// The type of an attribute.
#[derive(Clone, Copy)]
pub enum Type {
    /// A string.
    Text,
    /// A whole number that fits the API's 32-bit `Int`.
    Number,
    /// Any number; only for what the API sets.
    Decimal,
    /// A boolean.
    Bool,
    /// Strings in an order that matters.
    List,
    /// Strings whose order means nothing.
    Set,
    /// Strings by key.
    Map,
    /// An object of these fields.
    Object(&'static [Field]),
    /// A list of objects of these fields.
    Objects(&'static [Field]),
}

impl Type {
    /// The type in a schema; `constraint` is that of nested fields.
    pub fn schema(self, constraint: &AttributeConstraint) -> AttributeType {
        let strings = || Box::new(AttributeType::String);
        let fields = |fields: &[Field]| {
            let fields = fields.iter();
            fields
                .map(|field| (field.name.to_owned(), field.schema(constraint)))
                .collect()
        };
        match self {
            Self::Text => AttributeType::String,
            Self::Number | Self::Decimal => AttributeType::Number,
            Self::Bool => AttributeType::Bool,
            Self::List => AttributeType::List(strings()),
            Self::Set => AttributeType::Set(strings()),
            Self::Map => AttributeType::Map(strings()),
            Self::Object(of) => AttributeType::AttributeSingle(fields(of)),
            Self::Objects(of) => AttributeType::AttributeList(fields(of)),
        }
    }
}

/// A field of a nested object.
pub struct Field {
    /// Its name in HCL.
    pub name: &'static str,
    /// Its type.
    pub kind: Type,
    /// What it means, and its unit; Markdown.
    pub description: &'static str,
    /// What is allowed.
    pub rule: Rule,
}

impl Field {
    fn schema(&self, constraint: &AttributeConstraint) -> schema::Attribute {
        schema::Attribute {
            attr_type: self.kind.schema(constraint),
            description: Description::markdown(self.description),
            constraint: constraint.clone(),
            sensitive: false,
            deprecated: false,
        }
    }
}

/// Who sets an attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// The user must.
    Required,
    /// The user may; left out means "none".
    Optional,
    /// The user may; left out, the API (or a default of the provider's) decides at creation and keeps its value.
    OptionalComputed,
    /// The API or the provider does.
    Computed,
    /// As `Computed`, and only data sources show it.
    DataSource,
}

/// What a value must be like, beyond its type.
#[derive(Clone, Copy)]
pub enum Rule {
    /// Nothing more.
    Any,
    /// A string that is not empty.
    NotEmpty,
    /// A string of that many characters.
    Length(usize, usize),
    /// A number not below this.
    AtLeast(i64),
    /// A number within these, both included.
    Between(i64, i64),
    /// One of these strings.
    OneOf(&'static [&'static str]),
    /// A string, each element of a collection, or each key of a map, of a certain shape: the check says what is wrong
    /// with a text.
    Shape(fn(&str) -> Result<(), String>),
    /// A rule on the whole value.
    Whole(fn(&mut Diagnostics, &AttributePath, &Datum)),
}

/// Checks a value that the configuration changed against what there was, which is given where there was something. It is
/// told at plan, so that what Runpod holds already, as a read shows it, blocks no plan.
pub type Anew = fn(&mut Diagnostics, &AttributePath, &Datum, Option<&Datum>);

/// A value that means the same as none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Neutral {
    /// This string.
    Text(&'static str),
    /// This number.
    Number(i64),
}

/// One attribute of an object that reads as `R` and is written as `W`.
pub struct Attribute<R, W> {
    /// Its name in HCL.
    pub name: &'static str,
    /// Its type.
    pub kind: Type,
    /// Who sets it.
    pub mode: Mode,
    /// What it means, and its unit; Markdown.
    pub description: &'static str,
    /// What holds where a resource leaves it out, and who sets that; Markdown.
    pub left_out: &'static str,
    /// The attribute that a resource must have for this one; for its description alone, the noun checks it.
    pub only_with: Option<&'static str>,
    /// Whether a change destroys the object and creates another.
    pub replaces: bool,
    /// What is allowed.
    pub rule: Rule,
    /// What is allowed beyond `rule` where a configuration brings it about.
    pub anew: Option<Anew>,
    /// Which other spellings mean the same at any time.
    pub spelling: Spelling,
    /// Whether the API's answer right after a write says the same in another spelling, which is then remembered as its
    /// echo; for spellings that mean something else at any other time.
    pub echoes: Option<fn(wanted: &Datum, answered: &Datum) -> bool>,
    /// A value that means the same as none, such as 0 for "no limit".
    pub neutral: Option<Neutral>,
    /// What Runpod sets where nothing is said: a generated configuration leaves it out.
    pub usual: Option<fn() -> Datum>,
    /// The provider's own default, where it is not left to the API.
    pub default: Option<fn() -> Datum>,
    /// Whether Terraform hides it, and so no message of the provider's may show it.
    pub sensitive: bool,
    /// Whether a configuration of an object that exists may have null though it is required, since no API tells it: the
    /// noun checks at plan that a new object has it.
    pub untold: bool,
    /// Whether it is taken from the configuration alone and stands in no state and no plan.
    pub write_only: bool,
    /// How the API names what it holds where it complains of it, such as `gpu.pools`; none where that is its own name.
    pub fields: &'static [&'static str],
    /// Its value in what the API returns; unknown where the API does not tell, and then the state's stays.
    pub read: fn(&R) -> Value<Datum>,
    /// Puts the value (or, for null, "none") into what is written.
    pub write: fn(&mut W, &Value<Datum>),
}

impl<R, W> Attribute<R, W> {
    /// A row whose columns are the most common: an optional, computed string that the API neither reads nor writes.
    pub const ROW: Self = Self {
        name: "",
        kind: Type::Text,
        mode: Mode::OptionalComputed,
        description: "",
        left_out: "",
        only_with: None,
        replaces: false,
        rule: Rule::Any,
        anew: None,
        spelling: Spelling::Exact,
        echoes: None,
        neutral: None,
        usual: None,
        default: None,
        sensitive: false,
        untold: false,
        write_only: false,
        fields: &[],
        read: |_| Value::Unknown,
        write: |_, _| {},
    };

    /// Whether a field of the API's, given by its path, is what the attribute holds or a part of it.
    pub fn holds_field(&self, path: &[String]) -> bool {
        let own = [self.name];
        let fields = if self.fields.is_empty() {
            &own[..]
        } else {
            self.fields
        };
        fields.iter().any(|field| {
            let mut parts = path.iter();
            field
                .split('.')
                .all(|part| parts.next().is_some_and(|own| own == part))
        })
    }

    /// The path of the attribute.
    pub fn path(&self) -> AttributePath {
        AttributePath::new(self.name)
    }

    /// Whether a resource has it.
    pub fn is_of_resource(&self) -> bool {
        self.mode != Mode::DataSource
    }

    /// Whether a configuration may set it.
    pub fn is_configurable(&self) -> bool {
        !matches!(self.mode, Mode::Computed | Mode::DataSource)
    }

    /// The attribute in a resource's schema; `noun` is what the resource makes, for a sentence.
    pub fn schema(&self, noun: &str) -> schema::Attribute {
        let mut attribute = self.schema_as(match self.mode {
            Mode::Required => AttributeConstraint::Required,
            Mode::Optional => AttributeConstraint::Optional,
            Mode::OptionalComputed => AttributeConstraint::OptionalComputed,
            Mode::Computed | Mode::DataSource => AttributeConstraint::Computed,
        });
        let mut sentences = vec![self.description.to_owned()];
        sentences.extend(Some(self.left_out.to_owned()).filter(|sentence| !sentence.is_empty()));
        sentences.extend(self.only_with.map(|name| format!("With `{name}` only.")));
        if self.replaces {
            sentences.push(format!("A change destroys the {noun} and creates another."));
        }
        attribute.description = Description::markdown(sentences.join(" "));
        attribute
    }

    /// The attribute in a schema where its mode is another, such as a data source's.
    pub fn schema_as(&self, constraint: AttributeConstraint) -> schema::Attribute {
        let nested = match constraint {
            AttributeConstraint::Computed => AttributeConstraint::Computed,
            _ => AttributeConstraint::Required,
        };
        schema::Attribute {
            attr_type: self.kind.schema(&nested),
            description: Description::markdown(self.description),
            constraint,
            sensitive: self.sensitive,
            deprecated: false,
        }
    }

    /// Whether the value means "none".
    pub fn is_none(&self, value: &Value<Datum>) -> bool {
        match value {
            Value::Null => true,
            Value::Unknown => false,
            Value::Value(Datum::Text(text)) => {
                text.is_empty() || matches!(self.neutral, Some(Neutral::Text(neutral)) if neutral == text)
            }
            Value::Value(Datum::Integer(number)) => self.neutral == Some(Neutral::Number(*number)),
            Value::Value(Datum::Many(items)) => items.is_empty(),
            Value::Value(Datum::Object(fields)) => fields.0.is_empty(),
            Value::Value(_) => false,
        }
    }

    /// Whether a value that is found means what is wanted, at any time: equal, in another spelling of this attribute's
    /// kind, or both none.
    pub fn same(&self, wanted: &Value<Datum>, found: &Value<Datum>) -> bool {
        if self.is_none(wanted) && self.is_none(found) {
            return true;
        }
        match (wanted, found) {
            (Value::Value(wanted), Value::Value(found)) => {
                self.spelling.same(matches!(self.kind, Type::Set), wanted, found)
                    || self.is_same_json(wanted, found)
            }
            // Variables may all be Runpod's own.
            (wanted, Value::Value(found @ Datum::Object(_))) if self.is_none(wanted) => {
                let none = Datum::Object(Attributes::default());
                self.spelling.same(false, &none, found)
            }
            _ => wanted == found,
        }
    }

    /// Whether two texts hold the same JSON: Terraform's own generation writes such a text as `jsonencode(…)`, which sets
    /// blanks and numbers in its own way. A secret is what it is to the last blank.
    fn is_same_json(&self, one: &Datum, other: &Datum) -> bool {
        let is_free =
            matches!((self.kind, self.spelling), (Type::Text, Spelling::Exact)) && !self.is_secret();
        match (one.as_text(), other.as_text()) {
            (Some(one), Some(other)) => is_free && same_json(one, other),
            _ => false,
        }
    }

    /// Whether the API's answer to a write of `wanted` says the same in other words.
    pub fn is_echo(&self, wanted: &Value<Datum>, answered: &Value<Datum>) -> bool {
        match (wanted, answered, self.echoes) {
            (Value::Value(wanted), Value::Value(answered), Some(echoes)) => echoes(wanted, answered),
            _ => false,
        }
    }

    /// A change as a sentence's part: `5 (was 3)`.
    pub fn change(&self, was: &Value<Datum>, is: &Value<Datum>) -> String {
        if self.is_secret() {
            return "another one".to_owned();
        }
        format!("{} (was {})", written(is), written(was))
    }

    /// Whether no message may show its value; variables of an environment often are secrets.
    fn is_secret(&self) -> bool {
        self.sensitive || self.write_only || matches!(self.kind, Type::Map)
    }

    /// Checks a value of the configuration; what is unknown passes, and null where it may be.
    pub fn check(&self, diags: &mut Diagnostics, config: &Attributes) {
        if !self.is_configurable() {
            return;
        }
        let check = Check {
            kind: self.kind,
            rule: self.rule,
            name: self.name.to_owned(),
            may_be_none: self.mode == Mode::Optional,
            is_secret: self.is_secret(),
        };
        match config.get(self.name) {
            Value::Value(datum) => check.value(diags, &self.path(), datum),
            // Terraform itself only sees to it that the attribute is written.
            Value::Null if self.mode == Mode::Required && !self.untold => {
                invalid(diags, self.path(), self.name, "it is required", "null");
            }
            _ => {}
        }
    }
}

/// What is checked of one value, of an attribute or of a field within it.
struct Check {
    kind: Type,
    rule: Rule,
    /// The attribute's name, with the field's behind a dot.
    name: String,
    /// Whether null would have done, and is meant where a string is empty.
    may_be_none: bool,
    is_secret: bool,
}

impl Check {
    fn value(&self, diags: &mut Diagnostics, path: &AttributePath, datum: &Datum) {
        match (self.kind, datum) {
            (Type::Number, datum) => self.number(diags, path, datum),
            (Type::Object(fields), Datum::Object(given)) => self.fields(diags, path, fields, given),
            (Type::Map, Datum::Object(given)) => self.keys(diags, path, given),
            _ => {
                for (item_path, text) in texts(self.kind, path, datum) {
                    match text {
                        None => self.invalid(diags, item_path, "an element must not be null", "null"),
                        Some(text) => self.text(diags, item_path, text),
                    }
                }
            }
        }
        if let Rule::Whole(check) = self.rule {
            check(diags, path, datum);
        }
    }

    fn fields(&self, diags: &mut Diagnostics, path: &AttributePath, fields: &[Field], given: &Attributes) {
        for field in fields {
            let check = Check {
                kind: field.kind,
                rule: field.rule,
                name: format!("{}.{}", self.name, field.name),
                may_be_none: false,
                is_secret: self.is_secret,
            };
            let path = path.clone().attribute(field.name);
            match given.get(field.name) {
                Value::Value(datum) => check.value(diags, &path, datum),
                Value::Null => check.invalid(diags, path, "it is required", "null"),
                Value::Unknown => {}
            }
        }
    }

    fn keys(&self, diags: &mut Diagnostics, path: &AttributePath, given: &Attributes) {
        for (key, value) in &given.0 {
            let path = path.clone().key(key.clone());
            if let Rule::Shape(check) = self.rule
                && let Err(problem) = check(key)
            {
                invalid(diags, path.clone(), &self.name, &problem, &format!("{key:?}"));
            }
            if value.is_null() {
                let problem = format!("the value of {key} must not be null; leave the key out instead");
                invalid(diags, path, &self.name, &problem, "null");
            }
        }
    }

    fn number(&self, diags: &mut Diagnostics, path: &AttributePath, datum: &Datum) {
        let (least, most) = match self.rule {
            Rule::AtLeast(least) => (least, i64::from(i32::MAX)),
            Rule::Between(least, most) => (least, most),
            _ => (i64::from(i32::MIN), i64::from(i32::MAX)),
        };
        let Datum::Integer(number) = datum else {
            let allowed = format!("it must be a whole number from {least} to {most}");
            let given = datum.as_text().map_or_else(|| datum.to_string(), str::to_owned);
            return self.invalid(diags, path.clone(), &allowed, &given);
        };
        if (least..=most).contains(number) {
            return;
        }
        let allowed = match self.rule {
            Rule::AtLeast(least) if *number < least => format!("it must be at least {least}"),
            Rule::Between(least, most) => format!("it must be from {least} to {most}"),
            _ => format!("it must be at most {most}"),
        };
        self.invalid(diags, path.clone(), &allowed, &number.to_string());
    }

    fn text(&self, diags: &mut Diagnostics, path: AttributePath, text: &str) {
        let problem = match self.rule {
            _ if text.trim().is_empty() && self.may_be_none && matches!(self.kind, Type::Text) => {
                Err("it must not be empty; for none, leave it out or set it to null".to_owned())
            }
            Rule::NotEmpty if text.trim().is_empty() => Err("it must not be empty".to_owned()),
            Rule::Length(least, most) if !(least..=most).contains(&text.chars().count()) => Err(format!(
                "it must have {least} to {most} characters, and this has {}",
                text.chars().count()
            )),
            Rule::OneOf(allowed) if !allowed.contains(&text) => {
                let allowed: Vec<String> = allowed.iter().map(|item| format!("{item:?}")).collect();
                Err(format!("it must be one of {}", allowed.join(", ")))
            }
            Rule::Shape(check) => check(text),
            _ => Ok(()),
        };
        if let Err(problem) = problem {
            self.invalid(diags, path, &problem, &format!("{text:?}"));
        }
    }

    fn invalid(&self, diags: &mut Diagnostics, path: AttributePath, problem: &str, given: &str) {
        let given = if self.is_secret { "another value" } else { given };
        invalid(diags, path, &self.name, problem, given);
    }
}

/// The strings of a value with their paths; `None` for a null element. Unknown elements are passed over.
pub fn texts<'a>(
    kind: Type,
    path: &AttributePath,
    datum: &'a Datum,
) -> Vec<(AttributePath, Option<&'a str>)> {
    match datum {
        Datum::Text(text) => vec![(path.clone(), Some(text))],
        Datum::Many(items) => {
            let items = items.iter().enumerate().filter(|(_, item)| !item.is_unknown());
            items
                .map(|(position, item)| {
                    let mut path = path.clone();
                    if matches!(kind, Type::List) {
                        path.add_index(i64::try_from(position).unwrap_or(i64::MAX));
                    }
                    (path, item.as_ref_option().and_then(Datum::as_text))
                })
                .collect()
        }
        _ => Vec::new(),
    }
}

/// Says that a value is not allowed: what is wrong or allowed, and what was given.
pub fn invalid(diags: &mut Diagnostics, path: AttributePath, name: &str, problem: &str, given: &str) {
    error_at(
        diags,
        path,
        format!("Invalid value for {name}"),
        format!("{name}: {problem}; {given} was given."),
    );
}

/// Says that a value is allowed but looks wrong.
pub fn doubtful(diags: &mut Diagnostics, path: AttributePath, name: &str, problem: &str) {
    warn_at(
        diags,
        path,
        format!("Doubtful value for {name}"),
        format!(
            "{name}: {problem}{}",
            if problem.ends_with('?') { "" } else { "." }
        ),
    );
}

/// The block of a schema made of these attributes.
pub fn block(description: &str, attributes: HashMap<String, schema::Attribute>) -> schema::Schema {
    schema::Schema {
        version: 0,
        block: schema::Block {
            version: 0,
            attributes,
            blocks: HashMap::new(),
            description: Description::markdown(description),
            deprecated: false,
        },
    }
}

/// An attribute that only the provider or the API sets.
pub fn computed(attr_type: AttributeType, description: &str) -> schema::Attribute {
    schema::Attribute {
        attr_type,
        description: Description::markdown(description),
        constraint: AttributeConstraint::Computed,
        sensitive: false,
        deprecated: false,
    }
}
