//! The shapes of all bodies that REST v2 takes (V2 2, 3, 5). Both contracts share them but for a few keys.

use super::schema::{Member, Object, Pattern, Schema, at_least, closed, list, matching, text, text_of};
use crate::account::switches::Contract;

const CUDA: Pattern = (r"^\d+\.\d+$", is_cuda);
const CUDA_OR_NONE: Pattern = (r"^$|^\d+\.\d+$", |text| text.is_empty() || is_cuda(text));
const NOT_EXCLUDED: Pattern = (r"^\s*[^-\s]", |text| {
    text.trim_start().chars().next().is_some_and(|first| first != '-')
});
const SECRET_NAME: Pattern = (r"^[a-zA-Z_][a-zA-Z0-9_.\-/]*$", |text| {
    let mut letters = text.chars();
    let starts = |first: char| first.is_ascii_alphabetic() || first == '_';
    letters.next().is_some_and(starts)
        && letters.all(|letter| letter.is_ascii_alphanumeric() || "_.-/".contains(letter))
});
const PUBLIC_KEY: Pattern = (r"^(ssh|ecdsa|sk)-[^\s]+ [^\s]+([ \t].*)?$", |text| {
    let mut words = text.split([' ', '\t']);
    let kind = words.next().unwrap_or_default();
    let known = ["ssh-", "ecdsa-", "sk-"]
        .iter()
        .any(|start| kind.len() > start.len() && kind.starts_with(start));
    known && words.next().is_some_and(|word| !word.is_empty())
});

/// The words for whether FlashBoot is on.
pub(crate) const FLASHBOOT: &[&str] = &["OFF", "FLASHBOOT", "PRIORITY_FLASHBOOT"];
/// The words for how jobs reach a worker.
pub(crate) const TYPES: &[&str] = &["QUEUE", "LOAD_BALANCER"];
/// The words for the hardware of a template.
pub(crate) const CATEGORIES: &[&str] = &["CPU", "NVIDIA", "AMD"];
/// The words for the storage of a volume.
pub(crate) const VOLUME_TYPES: &[&str] = &["STANDARD", "HIGH_PERFORMANCE"];

fn is_cuda(text: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    text.split_once('.')
        .is_some_and(|(major, minor)| digits(major) && digits(minor))
}

fn name() -> Schema {
    text_of(1, usize::MAX)
}

fn container(contract: Contract) -> Member {
    let mut properties = vec![
        ("args", text()),
        ("disk", at_least(1)),
        ("env", Schema::Map(Box::new(text()))),
        ("image", text()),
        ("ports", list(text())),
        ("registry", Schema::TextOrNull),
    ];
    if contract == Contract::Newest {
        properties.push(("cmd", list(text())));
        properties.push(("entrypoint", list(text())));
    }
    Member {
        properties,
        ..Member::default()
    }
}

fn gpu(
    required: Vec<&'static str>,
    dependent: Option<(&'static str, &'static str)>,
    floor: Pattern,
) -> Schema {
    let pools = Schema::List {
        item: Box::new(text()),
        min: 1,
        unique: false,
    };
    let excluded = Schema::List {
        item: Box::new(matching(NOT_EXCLUDED)),
        min: 0,
        unique: true,
    };
    let base = Member {
        properties: vec![
            ("pools", pools),
            ("excludedTypes", excluded),
            ("count", at_least(1)),
        ],
        ..Member::default()
    };
    let own = Member {
        properties: vec![
            ("allowedCudaVersions", list(matching(CUDA))),
            ("minCudaVersion", matching(floor)),
        ],
        required,
        dependent,
        ..Member::default()
    };
    Schema::Object(Object {
        members: vec![base, own],
        is_noisy: true,
        min_properties: 0,
    })
}

/// The two ways to scale.
fn scaling() -> Schema {
    Schema::Union {
        tag: "type",
        variants: vec![
            (
                "QUEUE_DELAY",
                closed(
                    vec![
                        ("type", Schema::Word(&["QUEUE_DELAY"])),
                        ("queueDelay", Schema::Number { min: 0.5 }),
                    ],
                    &["type", "queueDelay"],
                ),
            ),
            ("REQUEST_COUNT", request_count()),
        ],
    }
}

fn request_count() -> Object {
    closed(
        vec![
            ("type", Schema::Word(&["REQUEST_COUNT"])),
            ("requestCount", at_least(1)),
        ],
        &["type", "requestCount"],
    )
}

fn endpoint(gpu: Schema, scaling: Schema) -> Vec<(&'static str, Schema)> {
    let instance = closed(
        vec![("id", name()), ("vcpuCount", at_least(2))],
        &["id", "vcpuCount"],
    );
    let workers = closed(
        vec![
            ("min", at_least(0)),
            ("max", at_least(0)),
            ("idleTimeout", Schema::Integer { min: 1, max: 3600 }),
        ],
        &[],
    );
    let cpu = Schema::List {
        item: Box::new(Schema::Object(instance)),
        min: 1,
        unique: true,
    };
    vec![
        ("gpu", gpu),
        ("name", name()),
        ("scaling", scaling),
        ("cpu", cpu),
        ("dataCenterIds", list(text())),
        ("flashboot", Schema::Word(FLASHBOOT)),
        ("networkVolumes", list(text())),
        ("timeout", at_least(i64::from(i32::MIN))),
        ("workers", Schema::Object(workers)),
    ]
}

/// `POST /v2/serverless`; a load balancer scales on its requests alone.
pub(crate) fn create_endpoint(contract: Contract, is_balanced: bool) -> Object {
    let scaling = if is_balanced {
        Schema::Object(request_count())
    } else {
        scaling()
    };
    let mut properties = endpoint(gpu(vec!["pools"], None, CUDA), scaling);
    properties.push(("type", Schema::Word(TYPES)));
    properties.push(("templateId", name()));
    let own = Member {
        properties,
        required: vec!["name", "type", "scaling"],
        required_unless: Some(("image", "templateId")),
        dependent: None,
    };
    Object {
        members: vec![container(contract), own],
        is_noisy: true,
        min_properties: 0,
    }
}

/// `PATCH /v2/serverless/{id}`.
pub(crate) fn update_endpoint(contract: Contract) -> Object {
    let gpu = gpu(Vec::new(), Some(("excludedTypes", "pools")), CUDA_OR_NONE);
    let mut properties = endpoint(gpu, scaling());
    properties.push(("templateId", text()));
    let own = Member {
        properties,
        ..Member::default()
    };
    Object {
        members: vec![container(contract), own],
        is_noisy: true,
        min_properties: 0,
    }
}

/// `POST /v2/templates` and `PATCH /v2/templates/{id}`.
pub(crate) fn template(contract: Contract, required: &[&'static str]) -> Object {
    let persistent = closed(vec![("size", at_least(10)), ("path", text())], &["size", "path"]);
    let mounts = closed(vec![("persistent", Schema::Object(persistent))], &[]);
    let own = Member {
        properties: vec![
            ("name", name()),
            ("allowedCudaVersions", list(matching(CUDA))),
            ("category", Schema::Word(CATEGORIES)),
            ("mounts", Schema::Object(mounts)),
            ("public", Schema::Boolean),
            ("serverless", Schema::Boolean),
            ("startJupyter", Schema::Boolean),
            ("startSsh", Schema::Boolean),
        ],
        required: required.to_vec(),
        ..Member::default()
    };
    Object {
        members: vec![container(contract), own],
        is_noisy: true,
        min_properties: 0,
    }
}

fn volume_size() -> Schema {
    Schema::Integer { min: 10, max: 4096 }
}

/// `POST /v2/network-volumes`.
pub(crate) fn create_volume() -> Object {
    let properties = vec![
        ("dataCenter", name()),
        ("name", name()),
        ("size", volume_size()),
        ("type", Schema::Word(VOLUME_TYPES)),
    ];
    closed(properties, &["name", "size", "dataCenter"])
}

/// `PATCH /v2/network-volumes/{id}`.
pub(crate) fn update_volume() -> Object {
    Object {
        min_properties: 1,
        ..closed(vec![("name", name()), ("size", volume_size())], &[])
    }
}

/// `POST /v2/registries`.
pub(crate) fn create_registry(contract: Contract) -> Object {
    let (short, long) = match contract {
        Contract::V290 => (usize::MAX, usize::MAX),
        Contract::Newest => (191, 16384),
    };
    let properties = vec![
        ("name", text_of(1, short)),
        ("password", text_of(1, long)),
        ("username", text_of(1, short)),
    ];
    closed(properties, &["name", "username", "password"])
}

/// `POST /v2/registries/delegations`.
pub(crate) fn create_delegation() -> Object {
    closed(
        vec![("resource", text()), ("name", Schema::TextOrNull)],
        &["resource"],
    )
}

/// `POST /v2/account/secrets`.
pub(crate) fn create_secret() -> Object {
    let name = Schema::Text {
        min: 1,
        max: 191,
        pattern: Some(SECRET_NAME),
    };
    let mut properties = secret();
    properties.push(("name", name));
    closed(properties, &["name", "value"])
}

/// `PATCH /v2/account/secrets/{id}`.
pub(crate) fn update_secret() -> Object {
    Object {
        min_properties: 1,
        ..closed(secret(), &[])
    }
}

fn secret() -> Vec<(&'static str, Schema)> {
    vec![
        ("value", text_of(1, 16 * 1024 * 1024 - 1)),
        ("description", text_of(0, 65535)),
    ]
}

/// `PUT /v2/account/ssh-keys`.
pub(crate) fn ssh_keys() -> Object {
    closed(vec![("keys", list(matching(PUBLIC_KEY)))], &["keys"])
}
