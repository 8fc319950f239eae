//! The attributes of an endpoint: one row each, for the resource, the data sources and the lists alike.
//!
//! To add an attribute, add its row here (and its field to [`Endpoint`] and [`EndpointWrite`] where the client does
//! not have it yet), then run `make docs`.

use runpod::endpoints::{Endpoint, EndpointWrite};
use tf_provider::value::Value;

use super::rules;
use crate::{
    container::{self, has_container, shapes},
    managed::{
        attribute::{Attribute, Field, Mode, Neutral, Rule, Type},
        spelling::Spelling,
        value::{Datum, decimal, integer, number, strings, text, word, words},
    },
};

const ROW: Attribute<Endpoint, EndpointWrite> = Attribute::ROW;

has_container!(Endpoint, EndpointWrite);

/// A row of the container, which an endpoint with `image` has and one with `template_id` takes from its template.
const fn with_image(row: Attribute<Endpoint, EndpointWrite>) -> Attribute<Endpoint, EndpointWrite> {
    Attribute {
        only_with: Some("image"),
        ..row
    }
}

const POD: &[Field] = &[Field {
    name: "desired_status",
    kind: Type::Text,
    description: "What the worker is doing or meant to be doing, in the API's own word.",
    rule: Rule::Any,
}];

/// Every attribute but `id` and `timeouts`.
pub static ATTRIBUTES: [Attribute<Endpoint, EndpointWrite>; 30] = [
    Attribute {
        name: "url",
        mode: Mode::Computed,
        description: "Where jobs go: `https://api.runpod.ai/v2/<id>`, or `https://<id>.api.runpod.ai` for a load balancer.",
        ..ROW
    },
    Attribute {
        name: "name",
        mode: Mode::Required,
        description: "Name of the endpoint, 3 to 191 characters. It is sent as it is written, a ` -fb` suffix \
                      included. Names need not be unique.",
        rule: Rule::Length(3, 191),
        echoes: Some(rules::is_suffixed),
        read: |endpoint| text(Some(endpoint.name.as_str())),
        write: |write, value| write.name = word(value),
        ..ROW
    },
    Attribute {
        name: "template_id",
        mode: Mode::Optional,
        description: "Id of the serverless template that the workers run. A change switches the template in place. Over \
                      GraphQL the endpoint stays linked to it and follows its changes; over REST v2 it is applied when it \
                      is set and when it changes, and never read back.",
        left_out: "Required unless `image` is set.",
        rule: Rule::NotEmpty,
        fields: &["templateId"],
        read: |endpoint| {
            endpoint
                .template_id
                .as_deref()
                .map_or(Value::Unknown, |id| text(Some(id)))
        },
        write: |write, value| write.template_id = word(value),
        ..ROW
    },
    Attribute {
        name: "template_revision",
        mode: Mode::Optional,
        description: "Any text that changes with the template's content, such as `runpod_template.x.revision`: over REST \
                      v2, where an endpoint does not follow its template, a change applies the template anew; over \
                      GraphQL it is only recorded.",
        only_with: Some("template_id"),
        rule: Rule::NotEmpty,
        ..ROW
    },
    Attribute {
        description: "Image of the container that the workers run, such as `runpod/worker-v1-vllm:v2.7.0`; excludes \
                      `template_id`. REST v2 only.",
        left_out: "Required unless `template_id` is set.",
        mode: Mode::Optional,
        ..container::image()
    },
    with_image(container::args()),
    with_image(container::entrypoint()),
    with_image(container::cmd()),
    with_image(container::disk()),
    with_image(container::ports()),
    with_image(container::env()),
    with_image(container::registry_id()),
    Attribute {
        name: "gpu_ids",
        kind: Type::List,
        mode: Mode::Optional,
        description: "GPU pools in order of priority, such as `AMPERE_16`, and exclusions of single GPU types in any \
                      order, such as `-NVIDIA RTX A4500`.",
        left_out: "Required unless `instance_ids` is set.",
        rule: Rule::Whole(rules::gpu_ids),
        spelling: Spelling::Own(rules::same_gpus),
        echoes: Some(rules::same_gpus_once),
        fields: &["gpu.pools", "gpu.excludedTypes"],
        read: |endpoint| match endpoint.is_cpu() {
            false => of_hardware(endpoint, strings(endpoint.gpu_ids.iter().map(String::as_str))),
            true => Value::Null,
        },
        write: |write, value| write.gpu_ids = words(value).filter(|ids| !ids.is_empty()),
        ..ROW
    },
    Attribute {
        name: "gpu_count",
        kind: Type::Number,
        description: "GPUs for each worker, at least 1. Not for CPU endpoints.",
        left_out: "Left out, Runpod sets 1.",
        rule: Rule::AtLeast(1),
        fields: &["gpu.count"],
        read: |endpoint| match endpoint.is_cpu() {
            false => endpoint
                .gpu_count
                .map_or(Value::Unknown, |count| integer(Some(count))),
            true => Value::Null,
        },
        write: |write, value| write.gpu_count = number(value),
        usual: Some(|| Datum::Integer(1)),
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
        spelling: Spelling::Words,
        fields: &["cpu"],
        read: |endpoint| {
            let ids = endpoint.instance_ids.iter().map(String::as_str);
            of_hardware(endpoint, strings(ids))
        },
        write: |write, value| write.instance_ids = words(value).filter(|ids| !ids.is_empty()),
        ..ROW
    },
    Attribute {
        name: "type",
        description: "`QB` for an endpoint with a queue, `LB` for one behind a load balancer.",
        left_out: "Left out, Runpod sets `QB`.",
        replaces: true,
        rule: Rule::OneOf(&["QB", "LB"]),
        spelling: Spelling::Words,
        read: |endpoint| told(endpoint.kind.as_deref()),
        write: |write, value| write.kind = word(value),
        usual: Some(|| Datum::Text("QB".to_owned())),
        ..ROW
    },
    Attribute {
        name: "workers_min",
        kind: Type::Number,
        description: "Workers that are always on, and billed, even without requests.",
        left_out: "Left out, Runpod sets 0.",
        rule: Rule::AtLeast(0),
        fields: &["workers.min"],
        read: |endpoint| integer(endpoint.workers_min),
        write: |write, value| write.workers_min = number(value),
        usual: Some(|| Datum::Integer(0)),
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
        fields: &["workers.max"],
        read: |endpoint| integer(endpoint.workers_max),
        write: |write, value| write.workers_max = number(value),
        usual: Some(|| Datum::Integer(3)),
        ..ROW
    },
    Attribute {
        name: "idle_timeout",
        kind: Type::Number,
        description: "Seconds that a worker stays on after its last request, 1 to 3600. REST v2 takes none for an \
                      endpoint with a queue that scales on `REQUEST_COUNT`.",
        left_out: "Left out, Runpod sets 10.",
        rule: Rule::Between(1, 3600),
        fields: &["workers.idleTimeout"],
        read: |endpoint| {
            endpoint
                .idle_timeout
                .map_or(Value::Unknown, |seconds| integer(Some(seconds)))
        },
        write: |write, value| write.idle_timeout = number(value),
        usual: Some(|| Datum::Integer(10)),
        ..ROW
    },
    Attribute {
        name: "scaler_type",
        description: "What the number of workers follows: `QUEUE_DELAY`, the seconds that a request may wait, or \
                      `REQUEST_COUNT`, the requests for each worker. REST v2 takes `REQUEST_COUNT` alone for `LB`.",
        left_out: "Left out, the provider asks REST v2 for `QUEUE_DELAY` (`REQUEST_COUNT` for `LB`); GraphQL sets \
                   `QUEUE_DELAY`.",
        rule: Rule::OneOf(&["QUEUE_DELAY", "REQUEST_COUNT"]),
        spelling: Spelling::Words,
        fields: &["scaling.type"],
        read: |endpoint| text(endpoint.scaler_type.as_deref()),
        write: |write, value| write.scaler_type = word(value),
        usual: Some(|| Datum::Text("QUEUE_DELAY".to_owned())),
        ..ROW
    },
    Attribute {
        name: "scaler_value",
        description: "The value for `scaler_type`, at least 1: seconds, or requests.",
        left_out: "Left out, 4.",
        kind: Type::Decimal,
        rule: Rule::Whole(rules::scaler_value),
        anew: Some(rules::new_scaler_value),
        fields: &["scaling.queueDelay", "scaling.requestCount"],
        read: |endpoint| decimal(endpoint.scaler_value),
        write: |write, value| write.scaler_value = number(value).map(|number| number as f64),
        usual: Some(|| Datum::Integer(4)),
        ..ROW
    },
    Attribute {
        name: "execution_timeout_ms",
        kind: Type::Number,
        description: "Milliseconds that a request may run before it is ended; 0 is no limit.",
        left_out: "Left out, no limit.",
        rule: Rule::AtLeast(0),
        neutral: Some(Neutral::Number(0)),
        fields: &["timeout"],
        read: |endpoint| integer(endpoint.execution_timeout_ms),
        write: |write, value| write.execution_timeout_ms = number(value),
        usual: Some(|| Datum::Integer(0)),
        ..ROW
    },
    Attribute {
        name: "flashboot",
        description: "How workers start: `OFF`, `FLASHBOOT` (from a snapshot where there is one) or \
                      `PRIORITY_FLASHBOOT` (the same, before others).",
        left_out: "Left out, Runpod decides.",
        rule: Rule::OneOf(&["OFF", "FLASHBOOT", "PRIORITY_FLASHBOOT"]),
        spelling: Spelling::Words,
        neutral: Some(Neutral::Text("OFF")),
        read: |endpoint| text(endpoint.flashboot.as_deref()),
        write: |write, value| write.flashboot = word(value),
        usual: Some(|| Datum::Text("OFF".to_owned())),
        ..ROW
    },
    Attribute {
        name: "locations",
        kind: Type::Set,
        mode: Mode::Optional,
        description: "Where workers may run: data centre ids such as `EU-RO-1`, or country codes such as `US`, which \
                      GraphQL alone takes; one an element.",
        left_out: "Left out: anywhere.",
        rule: Rule::Shape(shapes::one_item),
        spelling: Spelling::Words,
        fields: &["dataCenterIds"],
        read: |endpoint| strings(endpoint.locations.iter().map(String::as_str)),
        write: |write, value| write.locations = Some(words(value).unwrap_or_default()),
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
        write: |write, value| write.network_volume_id = Some(word(value).unwrap_or_default()),
        ..ROW
    },
    Attribute {
        name: "network_volume_ids",
        kind: Type::Set,
        mode: Mode::Optional,
        description: "Ids of several network volumes, one in each data centre: a worker mounts the one of its data \
                      centre at `/runpod-volume`; excludes `network_volume_id`.",
        left_out: "Left out: none.",
        rule: Rule::Shape(shapes::one_item),
        fields: &["networkVolumes"],
        read: |endpoint| match (endpoint.volume_ids().as_slice(), &endpoint.network_volume_id) {
            ([_], Some(_)) => Value::Null,
            (ids, _) => strings(ids.iter().copied()),
        },
        write: |write, value| write.network_volume_ids = Some(words(value).unwrap_or_default()),
        ..ROW
    },
    Attribute {
        name: "allowed_cuda_versions",
        kind: Type::Set,
        mode: Mode::Optional,
        description: "CUDA versions that a worker's machine may have, each `major.minor`, such as `12.4`.",
        left_out: "Left out: any.",
        rule: Rule::Shape(shapes::cuda_version),
        spelling: Spelling::Words,
        fields: &["gpu.allowedCudaVersions"],
        read: |endpoint| {
            let versions = endpoint.allowed_cuda_versions.iter().map(String::as_str);
            of_hardware(endpoint, strings(versions))
        },
        write: |write, value| write.allowed_cuda_versions = Some(words(value).unwrap_or_default()),
        ..ROW
    },
    Attribute {
        name: "min_cuda_version",
        mode: Mode::Optional,
        description: "Lowest CUDA version that a worker's machine may have, `major.minor`, such as `12.4`. REST v2 \
                      refuses it beside `allowed_cuda_versions`.",
        left_out: "Left out: any.",
        rule: Rule::Shape(shapes::cuda_version),
        spelling: Spelling::Words,
        fields: &["gpu.minCudaVersion"],
        read: |endpoint| {
            let version = endpoint.min_cuda_version.as_deref();
            of_hardware(endpoint, text(version.filter(|version| !version.is_empty())))
        },
        write: |write, value| write.min_cuda_version = Some(word(value).unwrap_or_default()),
        ..ROW
    },
    Attribute {
        name: "pods",
        kind: Type::Objects(POD),
        mode: Mode::DataSource,
        description: "The workers that there are now; null in the list of all endpoints over REST v2.",
        read: |_| Value::Null,
        ..ROW
    },
    Attribute {
        name: "created_at",
        mode: Mode::DataSource,
        description: "When the endpoint was created, as ISO 8601.",
        read: |endpoint| text(endpoint.created_at.as_deref()),
        ..ROW
    },
];

/// What an endpoint's workers run on; unknown where the API does not tell.
fn of_hardware(endpoint: &Endpoint, value: Value<Datum>) -> Value<Datum> {
    if endpoint.tells_hardware() {
        value
    } else {
        Value::Unknown
    }
}

/// A word of the API's; unknown where it does not tell.
fn told(word: Option<&str>) -> Value<Datum> {
    word.map_or(Value::Unknown, |word| text(Some(word)))
}
