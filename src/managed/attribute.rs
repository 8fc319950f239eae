//! What an attribute is, in one row: its type, mode, description, rule, and its field in the API.
//!
//! A thing (a folder such as `endpoint/`) is mostly a table of these rows. Schema, checks, documentation and the
//! conversions between state and API are all read off the table.

use std::collections::HashMap;

use tf_provider::{
    AttributePath, Diagnostics,
    schema::{self, AttributeConstraint, AttributeType, Description},
    value::Value,
};

use crate::{
    diagnostic::{error_at, warn_at},
    value::{Attributes, Datum, written},
};

/// The type of an attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// A string.
    Text,
    /// A whole number that fits the API's 32-bit `Int`.
    Number,
    /// Strings in an order that matters.
    List,
    /// Strings whose order means nothing.
    Set,
}

/// Who sets an attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// The user must.
    Required,
    /// The user may; left out means "none".
    Optional,
    /// The user may; left out, the API decides at creation and keeps its value.
    OptionalComputed,
    /// The API does.
    Computed,
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
    /// A string, or each element of a collection, of a certain shape: the check says what is wrong with a text.
    Shape(fn(&str) -> Result<(), String>),
    /// A rule on the whole value.
    Whole(fn(&mut Diagnostics, &AttributePath, &Datum)),
}

/// A value that means the same as none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Neutral {
    /// This string.
    Text(&'static str),
    /// This number.
    Number(i64),
}

/// How a value gets into a save.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// By `saveEndpoint` or its like, at creation and whenever it changes.
    OnSave,
    /// At creation; a change needs a call of its own.
    OnCreate,
}

/// One attribute of a thing that reads as `R` and is saved as `W`.
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
    /// Whether a change destroys the thing and creates another.
    pub replaces: bool,
    /// What is allowed.
    pub rule: Rule,
    /// Whether the API may answer with another spelling of the same thing (order, suffix, null for empty), which is
    /// then remembered as an echo rather than shown as a difference.
    pub respelled: bool,
    /// A value that means the same as none, such as 0 for "no limit".
    pub neutral: Option<Neutral>,
    /// When it is written.
    pub written: Written,
    /// Its value in what the API returns.
    pub read: fn(&R) -> Value<Datum>,
    /// Puts the value (or, for null, "none") into what is saved.
    pub write: fn(&mut W, &Value<Datum>),
}

impl<R, W> Attribute<R, W> {
    /// The path of the attribute.
    pub fn path(&self) -> AttributePath {
        AttributePath::new(self.name)
    }

    /// The attribute in a resource's schema.
    pub fn schema(&self) -> schema::Attribute {
        let mut attribute = self.schema_as(match self.mode {
            Mode::Required => AttributeConstraint::Required,
            Mode::Optional => AttributeConstraint::Optional,
            Mode::OptionalComputed => AttributeConstraint::OptionalComputed,
            Mode::Computed => AttributeConstraint::Computed,
        });
        let mut sentences = vec![self.description];
        sentences.extend(Some(self.left_out).filter(|sentence| !sentence.is_empty()));
        if self.replaces {
            sentences.push("A change creates the endpoint anew.");
        }
        attribute.description = Description::markdown(sentences.join(" "));
        attribute
    }

    /// The attribute in a schema where its mode is another, such as a data source's.
    pub fn schema_as(&self, constraint: AttributeConstraint) -> schema::Attribute {
        schema::Attribute {
            attr_type: match self.kind {
                Type::Text => AttributeType::String,
                Type::Number => AttributeType::Number,
                Type::List => AttributeType::List(Box::new(AttributeType::String)),
                Type::Set => AttributeType::Set(Box::new(AttributeType::String)),
            },
            description: Description::markdown(self.description),
            constraint,
            sensitive: false,
            deprecated: false,
        }
    }

    /// Whether two values mean the same to the API: equal, sets in any order, empty or
    /// neutral and none.
    pub fn same(&self, one: &Value<Datum>, other: &Value<Datum>) -> bool {
        let empty = |value: &Value<Datum>| match value {
            Value::Null => true,
            Value::Value(Datum::Text(text)) => {
                text.is_empty() || matches!(self.neutral, Some(Neutral::Text(neutral)) if neutral == text)
            }
            Value::Value(Datum::Integer(number)) => self.neutral == Some(Neutral::Number(*number)),
            Value::Value(Datum::Many(items)) => items.is_empty(),
            _ => false,
        };
        match (one, other) {
            (Value::Value(one), Value::Value(other)) if self.kind == Type::Set => {
                one.as_text_set() == other.as_text_set()
            }
            _ => one == other || (empty(one) && empty(other)),
        }
    }

    /// Checks a value of the configuration; what is unknown passes, and null where it may be.
    pub fn check(&self, diags: &mut Diagnostics, config: &Attributes) {
        let path = self.path();
        let datum = match config.get(self.name) {
            Value::Value(datum) => datum,
            // Terraform itself only sees to it that the attribute is written.
            Value::Null if self.mode == Mode::Required => {
                return invalid(diags, path, self.name, "it is required", "null");
            }
            _ => return,
        };
        if self.kind == Type::Number && !self.check_number(diags, &path, datum) {
            return;
        }
        for (item_path, text) in texts(self.kind, &path, datum) {
            match text {
                None => invalid(diags, item_path, self.name, "an element must not be null", "null"),
                Some(text) => self.check_text(diags, item_path, text),
            }
        }
        if let Rule::Whole(check) = self.rule {
            check(diags, &path, datum);
        }
    }

    fn check_number(&self, diags: &mut Diagnostics, path: &AttributePath, datum: &Datum) -> bool {
        let (least, most) = match self.rule {
            Rule::AtLeast(least) => (least, i64::from(i32::MAX)),
            Rule::Between(least, most) => (least, most),
            _ => (i64::from(i32::MIN), i64::from(i32::MAX)),
        };
        let Datum::Integer(number) = datum else {
            let allowed = format!("it must be a whole number from {least} to {most}");
            let given = datum.as_text().map_or_else(|| datum.to_string(), str::to_owned);
            invalid(diags, path.clone(), self.name, &allowed, &given);
            return false;
        };
        if (least..=most).contains(number) {
            return true;
        }
        let allowed = match self.rule {
            Rule::AtLeast(least) if *number < least => format!("it must be at least {least}"),
            Rule::Between(least, most) => format!("it must be from {least} to {most}"),
            _ => format!("it must be at most {most}"),
        };
        invalid(diags, path.clone(), self.name, &allowed, &number.to_string());
        false
    }

    fn check_text(&self, diags: &mut Diagnostics, path: AttributePath, text: &str) {
        let problem = match self.rule {
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
            invalid(diags, path, self.name, &problem, &format!("{text:?}"));
        }
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
                    if kind == Type::List {
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

/// A change as a sentence's part: `5 (was 3)`.
pub fn change(was: &Value<Datum>, is: &Value<Datum>) -> String {
    format!("{} (was {})", written(is), written(was))
}
