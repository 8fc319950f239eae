//! What `saveEndpoint` refuses. Texts quoted in API facts 2.11 are exact; for the others no text of the real
//! API is known, so these are the emulator's own.

use super::{
    enums::ComputeKind,
    inputs::EndpointSave,
    refusal::{Reason, Refusal},
    rows::{StoredEndpoint, StoredTemplate},
    store::Store,
};

fn refuse<T>(message: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal::new(message))
}

/// Checks what needs no look at the account.
pub(crate) fn shape(input: &EndpointSave) -> Result<(), Refusal> {
    if input.names_repo && input.template.is_none() {
        return refuse("must provide template for repo endpoint");
    }
    let template_id = input.template_id.as_deref().filter(|id| !id.is_empty());
    if input.template.is_some() && template_id.is_some() {
        return refuse("template and templateId exclude each other");
    }
    let length = input.name.chars().count();
    if !(3..=191).contains(&length) {
        return refuse(format!(
            "Endpoint name must have 3 to 191 characters, not {length}"
        ));
    }
    numbers(input)?;
    if let Some(kind) = input.scaler_type.as_deref()
        && !["QUEUE_DELAY", "REQUEST_COUNT"].contains(&kind)
    {
        return refuse(format!(
            "scalerType must be QUEUE_DELAY or REQUEST_COUNT, not {kind}"
        ));
    }
    if let Some(kind) = input.kind.as_deref()
        && !["QB", "LB"].contains(&kind)
    {
        return refuse(format!("Endpoint type must be QB or LB, not {kind}"));
    }
    for id in &input.instance_ids {
        if !id.starts_with("cpu") {
            return refuse(format!("{id} is not a CPU instance"));
        }
    }
    cuda_versions("allowedCudaVersions", input.allowed_cuda_versions.as_ref())?;
    cuda_versions("minCudaVersion", input.min_cuda_version.as_ref())
}

fn numbers(input: &EndpointSave) -> Result<(), Refusal> {
    let idle_timeout = input.idle_timeout;
    if !(1..=3600).contains(&idle_timeout) {
        return refuse(format!(
            "idleTimeout must be between 1 and 3600 seconds, not {idle_timeout}"
        ));
    }
    let scaler_value = input.scaler_value;
    if scaler_value < 1 {
        return refuse(format!("scalerValue must be at least 1, not {scaler_value}"));
    }
    let (min, max) = (input.workers_min, input.workers_max);
    if min < 0 || max < 0 {
        return refuse("workersMin and workersMax must not be negative");
    }
    if min > max {
        return refuse(format!("workersMin ({min}) must not exceed workersMax ({max})"));
    }
    let is_cpu = !input.instance_ids.is_empty();
    let gpu_count = input.gpu_count;
    if gpu_count < 1 && !(is_cpu && gpu_count == 0) {
        return refuse(format!("gpuCount must be at least 1, not {gpu_count}"));
    }
    if input.execution_timeout_ms.flatten().is_some_and(|span| span < 0) {
        return refuse("executionTimeoutMs must not be negative");
    }
    Ok(())
}

fn cuda_versions(field: &str, text: Option<&Option<String>>) -> Result<(), Refusal> {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let Some(text) = text.and_then(Option::as_ref).filter(|text| !text.is_empty()) else {
        return Ok(());
    };
    for version in text.split(',') {
        let sound = version
            .trim()
            .split_once('.')
            .is_some_and(|(a, b)| digits(a) && digits(b));
        if !sound {
            return refuse(format!("{field}: {version:?} is not a CUDA version such as 12.4"));
        }
    }
    Ok(())
}

/// The template of this id, if an endpoint may use it.
pub(crate) fn serverless_template<'a>(store: &'a Store, id: &str) -> Result<&'a StoredTemplate, Refusal> {
    let template = store
        .template(id)
        .ok_or_else(|| Refusal::of(Reason::Missing, "Unable to find template"))?;
    if !template.is_serverless {
        return refuse("Serverless endpoints cannot use pod templates. Please use a serverless template.");
    }
    Ok(template)
}

/// Checks that the volumes exist, stand in different data centres, and came in one form only.
pub(crate) fn volumes(store: &Store, row: &StoredEndpoint) -> Result<(), Refusal> {
    let mut places = Vec::new();
    for id in &row.network_volume_ids {
        let Some(volume) = store.volume(id) else {
            return Err(Refusal::of(
                Reason::Missing,
                format!("Unable to find network volume {id}"),
            ));
        };
        if places.contains(&&volume.data_center_id) {
            return refuse(format!(
                "More than one network volume in {}",
                volume.data_center_id
            ));
        }
        places.push(&volume.data_center_id);
    }
    let Some(id) = &row.network_volume_id else {
        return Ok(());
    };
    if store.volume(id).is_none() {
        return Err(Refusal::of(
            Reason::Missing,
            format!("Unable to find network volume {id}"),
        ));
    }
    Ok(())
}

/// Checks that the account can pay for an endpoint.
pub(crate) fn balance(store: &Store) -> Result<(), Refusal> {
    if store.data.balance < 0.01 {
        return Err(Refusal::of(
            Reason::Balance,
            "You must have at least $0.01 in your account balance to create an endpoint.",
        ));
    }
    Ok(())
}

/// Checks the sum of all maximum workers against the account's quota.
pub(crate) fn quota(store: &Store, id: Option<&str>, workers_max: i32) -> Result<(), Refusal> {
    let quota = store.data.quota;
    let left = quota.saturating_sub(store.workers_elsewhere(id)).max(0);
    if workers_max > left {
        return refuse(format!(
            "Max workers across all endpoints must not exceed your workers quota ({quota}). Reduce the max \
             workers for other endpoints or lower the max worker count for this endpoint to at most {left}."
        ));
    }
    Ok(())
}

/// The model references as the API stores them: a branch becomes the commit it stands at (API facts 2.10).
pub(crate) fn models<'a>(
    compute: ComputeKind,
    references: impl Iterator<Item = &'a String>,
) -> Result<Vec<String>, Refusal> {
    let list: Vec<String> = references
        .map(|reference| pinned(reference))
        .collect::<Result<_, _>>()?;
    if compute == ComputeKind::Cpu && !list.is_empty() {
        return refuse("modelReferences need a GPU endpoint");
    }
    Ok(list)
}

fn pinned(reference: &str) -> Result<String, Refusal> {
    let Some(path) = reference.strip_prefix("https://huggingface.co/") else {
        return refuse(format!("{reference} is not a Hugging Face model"));
    };
    let (model, revision) = path.split_once(':').unwrap_or((path, "main"));
    let is_commit = revision.len() == 40 && revision.bytes().all(|byte| byte.is_ascii_hexdigit());
    let commit = if is_commit {
        revision.to_owned()
    } else {
        commit_of(model, revision)
    };
    Ok(format!("https://huggingface.co/{model}:{commit}"))
}

/// A made-up commit, always the same for one model and branch (FNV-1a, five times over).
fn commit_of(model: &str, revision: &str) -> String {
    (0u8..5)
        .map(|round| {
            let seed = 0x811c_9dc5_u32 ^ u32::from(round);
            let text = model.bytes().chain([b':']).chain(revision.bytes());
            let hash = text.fold(seed, |hash, byte| {
                (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
            });
            format!("{hash:08x}")
        })
        .collect()
}
