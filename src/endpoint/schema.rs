//! The attributes of an endpoint: one row each, for the resource and the data sources alike.
//!
//! To add an attribute, add its row here (and its field to [`Endpoint`] and [`EndpointWrite`] where the client does
//! not have it yet), then run `make docs`.

use std::collections::HashMap;

use tf_provider::{
    schema::{Attribute as SchemaAttribute, AttributeConstraint, AttributeType, Description, Schema},
    value::Value,
};

use super::{rules, timeouts};
use crate::{
    attribute::{Attribute, Mode, Neutral, Rule, Type, block},
    value::{Datum, integer, text},
};
use runpod::{Endpoint, EndpointWrite};

/// A row whose other columns are the most common: an optional, computed string that is saved as it is.
const ROW: Attribute<Endpoint, EndpointWrite> = Attribute {
    name: "",
    kind: Type::Text,
    mode: Mode::OptionalComputed,
    description: "",
    left_out: "",
    replaces: false,
    rule: Rule::Any,
    respelled: false,
    neutral: None,
    read: |_| Value::Null,
    write: |_, _| {},
};

/// Every attribute but `id` and `timeouts`.
pub static ATTRIBUTES: [Attribute<Endpoint, EndpointWrite>; 18] = [
    Attribute {
        name: "name",
        mode: Mode::Required,
        description: "Name of the endpoint, 3 to 191 characters. It is sent as it is written, a ` -fb` suffix \
                      included. Names need not be unique.",
        rule: Rule::Length(3, 191),
        respelled: true,
        read: |endpoint| text(Some(&endpoint.name)),
        write: |input, value| input.name = word(value),
        ..ROW
    },
    Attribute {
        name: "template_id",
        mode: Mode::Required,
        description: "Id of the serverless template that the workers run. A change switches the template in place.",
        rule: Rule::NotEmpty,
        read: |endpoint| text(endpoint.template_id.as_deref()),
        write: |input, value| input.template_id = word(value),
        ..ROW
    },
    Attribute {
        name: "gpu_ids",
        kind: Type::List,
        mode: Mode::Optional,
        description: "GPU pools in order of priority, such as `AMPERE_16`, then exclusions of single GPU types, \
                      such as `-NVIDIA RTX A4500`.",
        left_out: "Required unless `instance_ids` is set.",
        rule: Rule::Whole(rules::gpu_ids),
        respelled: true,
        read: |endpoint| list(&endpoint.gpu_ids),
        write: |input, value| input.gpu_ids = words(value),
        ..ROW
    },
    Attribute {
        name: "gpu_count",
        kind: Type::Number,
        description: "GPUs for each worker, at least 1. Not for CPU endpoints.",
        left_out: "Left out, Runpod sets 1.",
        rule: Rule::AtLeast(1),
        read: |endpoint| integer(endpoint.gpu_count),
        write: |input, value| input.gpu_count = number(value),
        ..ROW
    },
    Attribute {
        name: "instance_ids",
        kind: Type::List,
        mode: Mode::Optional,
        description: "CPU instances in order of priority, such as `cpu3c-2-4` (flavour, vCPUs, GB of memory), for a \
                      CPU endpoint; excludes `gpu_ids` and `gpu_count`. Switching between GPU and CPU creates the \
                      endpoint anew.",
        rule: Rule::Shape(rules::instance_id),
        respelled: true,
        read: |endpoint| list(&endpoint.instance_ids),
        write: |input, value| input.instance_ids = words(value),
        ..ROW
    },
    Attribute {
        name: "type",
        description: "`QB` for an endpoint with a queue, `LB` for one behind a load balancer.",
        left_out: "Left out, Runpod sets `QB`.",
        replaces: true,
        rule: Rule::OneOf(&["QB", "LB"]),
        read: |endpoint| text(endpoint.kind.as_deref()),
        write: |input, value| input.kind = word(value),
        ..ROW
    },
    Attribute {
        name: "workers_min",
        kind: Type::Number,
        description: "Workers that are always on, and billed, even without requests.",
        left_out: "Left out, Runpod sets 0.",
        rule: Rule::AtLeast(0),
        read: |endpoint| integer(endpoint.workers_min),
        write: |input, value| input.workers_min = number(value),
        ..ROW
    },
    Attribute {
        name: "workers_max",
        kind: Type::Number,
        description: "Most workers at a time, not below `workers_min`. The sum over the account's endpoints is \
                      limited by its quota. Runpod lowers it on endpoints without requests, to 2 after 3 days and \
                      to 0 after 7; the plan shows that as drift.",
        left_out: "Left out, Runpod sets 3.",
        rule: Rule::AtLeast(0),
        read: |endpoint| integer(endpoint.workers_max),
        write: |input, value| input.workers_max = number(value),
        ..ROW
    },
    Attribute {
        name: "idle_timeout",
        kind: Type::Number,
        description: "Seconds that a worker stays on after its last request, 1 to 3600.",
        left_out: "Left out, Runpod sets 10.",
        rule: Rule::Between(1, 3600),
        read: |endpoint| integer(endpoint.idle_timeout),
        write: |input, value| input.idle_timeout = number(value),
        ..ROW
    },
    Attribute {
        name: "scaler_type",
        description: "What the number of workers follows: `QUEUE_DELAY`, the seconds that a request may wait, or \
                      `REQUEST_COUNT`, the requests for each worker.",
        left_out: "Left out, Runpod sets `QUEUE_DELAY`.",
        rule: Rule::OneOf(&["QUEUE_DELAY", "REQUEST_COUNT"]),
        read: |endpoint| text(endpoint.scaler_type.as_deref()),
        write: |input, value| input.scaler_type = word(value),
        ..ROW
    },
    Attribute {
        name: "scaler_value",
        kind: Type::Number,
        description: "The value for `scaler_type`, at least 1: seconds, or requests.",
        left_out: "Left out, Runpod sets 4.",
        rule: Rule::AtLeast(1),
        read: |endpoint| {
            endpoint
                .scaler_value
                .map_or(Value::Null, |value| Value::Value(float(value)))
        },
        write: |input, value| input.scaler_value = number(value).map(|value| value as f64),
        ..ROW
    },
    Attribute {
        name: "execution_timeout_ms",
        kind: Type::Number,
        description: "Milliseconds that a request may run before it is ended; 0 is no limit.",
        left_out: "Left out, Runpod sets no limit.",
        rule: Rule::AtLeast(0),
        neutral: Some(Neutral::Number(0)),
        read: |endpoint| integer(endpoint.execution_timeout_ms),
        write: |input, value| input.execution_timeout_ms = number(value),
        ..ROW
    },
    Attribute {
        name: "flashboot",
        description: "How workers start: `OFF`, `FLASHBOOT` (from a snapshot where there is one) or \
                      `PRIORITY_FLASHBOOT` (so, before others).",
        left_out: "Left out, Runpod decides.",
        rule: Rule::OneOf(&["OFF", "FLASHBOOT", "PRIORITY_FLASHBOOT"]),
        neutral: Some(Neutral::Text("OFF")),
        read: |endpoint| text(endpoint.flashboot.as_deref()),
        write: |input, value| input.flashboot = word(value),
        ..ROW
    },
    Attribute {
        name: "locations",
        kind: Type::Set,
        mode: Mode::Optional,
        description: "Where workers may run: country codes such as `US` or data centre ids such as `EU-RO-1`, one \
                      an element.",
        left_out: "Left out: anywhere.",
        rule: Rule::Shape(rules::one_item),
        respelled: true,
        read: |endpoint| list(&endpoint.locations),
        write: |input, value| input.locations = Some(words(value).unwrap_or_default()),
        ..ROW
    },
    Attribute {
        name: "network_volume_id",
        mode: Mode::Optional,
        description: "Id of the network volume that every worker mounts at `/runpod-volume`; excludes \
                      `network_volume_ids`.",
        left_out: "Left out: none.",
        rule: Rule::NotEmpty,
        read: |endpoint| match (endpoint.volume_ids().as_slice(), &endpoint.network_volume_id) {
            ([only], Some(_)) => text(Some(*only)),
            _ => Value::Null,
        },
        write: |input, value| input.network_volume_id = Some(word(value).unwrap_or_default()),
        ..ROW
    },
    Attribute {
        name: "network_volume_ids",
        kind: Type::Set,
        mode: Mode::Optional,
        description: "Ids of several network volumes, one in each data centre: a worker mounts the one of its data \
                      centre at `/runpod-volume`; excludes `network_volume_id`.",
        left_out: "Left out: none.",
        rule: Rule::Shape(rules::one_item),
        read: |endpoint| match (endpoint.volume_ids().as_slice(), &endpoint.network_volume_id) {
            ([_], Some(_)) => Value::Null,
            (ids, _) => some_texts(ids.iter().copied()),
        },
        write: |input, value| {
            input.network_volume_ids = Some(words(value).unwrap_or_default());
        },
        ..ROW
    },
    Attribute {
        name: "allowed_cuda_versions",
        kind: Type::Set,
        mode: Mode::Optional,
        description: "CUDA versions that a worker's machine may have, each `major.minor`, such as `12.4`.",
        left_out: "Left out: any.",
        rule: Rule::Shape(rules::cuda_version),
        respelled: true,
        read: |endpoint| list(&endpoint.allowed_cuda_versions),
        write: |input, value| input.allowed_cuda_versions = Some(words(value).unwrap_or_default()),
        ..ROW
    },
    Attribute {
        name: "min_cuda_version",
        mode: Mode::Optional,
        description: "Lowest CUDA version that a worker's machine may have, `major.minor`, such as `12.4`.",
        left_out: "Left out: any.",
        rule: Rule::Shape(rules::cuda_version),
        respelled: true,
        read: |endpoint| text(endpoint.min_cuda_version.as_deref()),
        write: |input, value| input.min_cuda_version = Some(word(value).unwrap_or_default()),
        ..ROW
    },
];

/// The schema of the resource.
pub fn resource() -> Schema {
    let mut attributes: HashMap<String, SchemaAttribute> = ATTRIBUTES
        .iter()
        .map(|row| (row.name.to_owned(), row.schema()))
        .collect();
    attributes.insert("id".to_owned(), id(AttributeConstraint::Computed));
    attributes.insert("timeouts".to_owned(), timeouts::schema());
    block(
        "A serverless endpoint: a template's container on workers that Runpod scales up and down.",
        attributes,
    )
}

/// The schema of the data source `runpod_endpoint`.
pub fn data_source() -> Schema {
    let mut attributes = computed();
    attributes.insert("id".to_owned(), id(AttributeConstraint::OptionalComputed));
    if let Some(name) = attributes.get_mut("name") {
        name.constraint = AttributeConstraint::OptionalComputed;
    }
    block(
        "A serverless endpoint of the account, found by `id` or by `name`: set exactly one of them.",
        attributes,
    )
}

/// The schema of the data source `runpod_endpoints`.
pub fn list_data_source() -> Schema {
    let mut endpoint = computed();
    endpoint.insert("id".to_owned(), id(AttributeConstraint::Computed));
    let discount = [
        (
            "discount_factor",
            AttributeType::Number,
            "The factor on the price.",
        ),
        (
            "type",
            AttributeType::String,
            "What it applies to, such as `SERVERLESS`.",
        ),
        (
            "expiration_date",
            AttributeType::String,
            "When it ends, as ISO 8601.",
        ),
    ];
    let discount =
        discount.map(|(name, kind, description)| (name.to_owned(), computed_one(kind, description)));
    let attributes = HashMap::from([
        (
            "endpoints".to_owned(),
            computed_one(
                AttributeType::AttributeList(endpoint),
                "The endpoints, oldest first.",
            ),
        ),
        (
            "serverless_discount".to_owned(),
            computed_one(
                AttributeType::AttributeSingle(HashMap::from(discount)),
                "The account's discount on serverless, or null.",
            ),
        ),
    ]);
    block(
        "All serverless endpoints of the account. Runpod lists at most 400, the oldest first.",
        attributes,
    )
}

fn computed() -> HashMap<String, SchemaAttribute> {
    let rows = ATTRIBUTES
        .iter()
        .map(|row| (row.name.to_owned(), row.schema_as(AttributeConstraint::Computed)));
    let mut attributes: HashMap<String, SchemaAttribute> = rows.collect();
    let pod = (
        "desired_status".to_owned(),
        computed_one(AttributeType::String, "What the worker is meant to be doing."),
    );
    attributes.insert(
        "pods".to_owned(),
        computed_one(
            AttributeType::AttributeList(HashMap::from([pod])),
            "The workers that there are now.",
        ),
    );
    attributes.insert(
        "created_at".to_owned(),
        computed_one(
            AttributeType::String,
            "When the endpoint was created, as ISO 8601.",
        ),
    );
    attributes
}

/// An attribute that only Runpod sets.
pub fn computed_one(attr_type: AttributeType, description: &str) -> SchemaAttribute {
    SchemaAttribute {
        attr_type,
        description: Description::markdown(description),
        constraint: AttributeConstraint::Computed,
        sensitive: false,
        deprecated: false,
    }
}

fn id(constraint: AttributeConstraint) -> SchemaAttribute {
    let description = "Id of the endpoint, 14 lower-case letters and digits, given by Runpod.";
    SchemaAttribute {
        constraint,
        ..computed_one(AttributeType::String, description)
    }
}

fn word(value: &Value<Datum>) -> Option<String> {
    value.as_ref_option().and_then(Datum::as_text).map(str::to_owned)
}

fn words(value: &Value<Datum>) -> Option<Vec<String>> {
    let words = value.as_ref_option()?.as_texts();
    Some(words.into_iter().map(str::to_owned).collect())
}

fn number(value: &Value<Datum>) -> Option<i64> {
    value.as_ref_option().and_then(Datum::as_integer)
}

/// A number as Terraform would write it: a whole one without a fraction.
pub fn float(number: f64) -> Datum {
    if number.fract() == 0.0 && number.abs() < 1e15 {
        Datum::Integer(number as i64)
    } else {
        Datum::Float(number)
    }
}

fn list(items: &[String]) -> Value<Datum> {
    some_texts(items)
}

/// A list of strings; null where there are none, as that is how "none" stands in HCL.
fn some_texts<S: Into<String>>(items: impl IntoIterator<Item = S>) -> Value<Datum> {
    match Datum::texts(items) {
        Datum::Many(items) if items.is_empty() => Value::Null,
        texts => Value::Value(texts),
    }
}
