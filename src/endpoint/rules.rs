//! The rules of single attributes of an endpoint that need more than a number or a word: GPU pools, CPU instances, places.

use tf_provider::{AttributePath, Diagnostics};

use crate::{
    container::shapes::one_item,
    managed::{
        attribute::{Type, doubtful, invalid, texts},
        spelling::Spelling,
        value::Datum,
    },
};

/// GPU pools and their members (API facts 2.4). Only for hints: Runpod adds pools without notice.
pub const POOLS: &[(&str, &[&str])] = &[
    (
        "AMPERE_16",
        &[
            "NVIDIA RTX A4000",
            "NVIDIA RTX A4500",
            "NVIDIA RTX 4000 Ada Generation",
            "NVIDIA RTX 2000 Ada Generation",
        ],
    ),
    (
        "AMPERE_24",
        &["NVIDIA RTX A5000", "NVIDIA L4", "NVIDIA GeForce RTX 3090"],
    ),
    ("ADA_24", &["NVIDIA GeForce RTX 4090"]),
    ("ADA_32_PRO", &["NVIDIA GeForce RTX 5090"]),
    ("AMPERE_48", &["NVIDIA A40", "NVIDIA RTX A6000"]),
    (
        "ADA_48_PRO",
        &["NVIDIA RTX 6000 Ada Generation", "NVIDIA L40", "NVIDIA L40S"],
    ),
    ("AMPERE_80", &["NVIDIA A100 80GB PCIe", "NVIDIA A100-SXM4-80GB"]),
    (
        "ADA_80_PRO",
        &["NVIDIA H100 PCIe", "NVIDIA H100 80GB HBM3", "NVIDIA H100 NVL"],
    ),
    ("HOPPER_141", &["NVIDIA H200"]),
    (
        "BLACKWELL_96",
        &[
            "NVIDIA RTX PRO 6000 Blackwell Server Edition",
            "NVIDIA RTX PRO 6000 Blackwell Workstation Edition",
            "NVIDIA RTX PRO 6000 Blackwell Max-Q Workstation Edition",
        ],
    ),
    ("BLACKWELL_180", &["NVIDIA B200"]),
];

/// How alike two words must be for a "did you mean" (1 is equal).
const ALIKE: f64 = 0.75;

/// `gpu_ids`: pools in order of priority and exclusions; what is not known is only doubted.
pub fn gpu_ids(diags: &mut Diagnostics, path: &AttributePath, datum: &Datum) {
    let items = texts(Type::List, path, datum);
    let names_no_pool = !items.is_empty()
        && items
            .iter()
            .all(|(_, item)| item.is_some_and(|item| item.starts_with('-')));
    let mut seen: Vec<&str> = Vec::new();
    for (at, item) in items {
        let Some(item) = item else { continue };
        if let Err(problem) = one_item(item) {
            invalid(diags, at, "gpu_ids", &problem, &format!("{item:?}"));
            continue;
        }
        if seen.contains(&item) {
            doubtful(diags, at.clone(), "gpu_ids", &format!("{item:?} is listed twice"));
        }
        seen.push(item);
        match item.strip_prefix('-') {
            Some(excluded) => exclusion(diags, at, excluded),
            None => pool(diags, at, item),
        }
    }
    if names_no_pool && datum.is_wholly_known() {
        let problem = "it must name at least one GPU pool, such as \"AMPERE_16\", besides what it excludes";
        invalid(diags, path.clone(), "gpu_ids", problem, &datum.to_string());
    }
}

/// The pools of a list in their order, and its exclusions.
fn parted(datum: &Datum) -> (Datum, Datum) {
    let (exclusions, pools): (Vec<&str>, Vec<&str>) = datum
        .as_texts()
        .into_iter()
        .partition(|item| item.trim_start().starts_with('-'));
    (Datum::texts(pools), Datum::texts(exclusions))
}

/// Whether two lists choose the same GPUs: the same pools in the same order, and the same exclusions in any.
pub fn same_gpus(one: &Datum, other: &Datum) -> bool {
    let ((pools, exclusions), (other_pools, other_exclusions)) = (parted(one), parted(other));
    Spelling::Words.same(false, &pools, &other_pools)
        && Spelling::Words.same(true, &exclusions, &other_exclusions)
}

/// Whether the API's answer chooses the same GPUs as the list, from which it may take repetitions.
pub fn same_gpus_once(wanted: &Datum, answered: &Datum) -> bool {
    let mut once: Vec<&str> = Vec::new();
    for item in wanted.as_texts() {
        if !once.contains(&item) {
            once.push(item);
        }
    }
    same_gpus(&Datum::texts(once), answered)
}

/// Whether two lists choose the same GPUs where the order of pools means nothing, as on REST v2 (V2 2.2).
pub fn same_gpus_in_any_order(one: &Datum, other: &Datum) -> bool {
    Spelling::Words.same(true, one, other)
}

/// Whether a name and the API's answer differ by the ` -fb` suffix alone, which older clients append (API facts 4.6).
pub fn is_suffixed(wanted: &Datum, answered: &Datum) -> bool {
    let bare = |datum: &Datum| {
        let name = datum.as_text().unwrap_or_default();
        Datum::Text(name.strip_suffix(" -fb").unwrap_or(name).to_owned())
    };
    Spelling::Exact.same(false, &bare(wanted), &bare(answered))
}

fn exclusion(diags: &mut Diagnostics, at: AttributePath, excluded: &str) {
    if POOLS.iter().any(|(pool, _)| *pool == excluded) {
        let problem = "an exclusion names one GPU type, such as \"-NVIDIA RTX A4500\", not a pool; leave the pool out \
                       of the list instead";
        invalid(diags, at, "gpu_ids", problem, &format!("\"-{excluded}\""));
        return;
    }
    let types = || POOLS.iter().flat_map(|(_, types)| types.iter().copied());
    if !types().any(|known| known == excluded) {
        let hint = hint(excluded, types());
        let problem = format!(
            "{excluded:?} is not a GPU type that this provider knows, and Runpod ignores an exclusion that matches \
             nothing{hint}"
        );
        doubtful(diags, at, "gpu_ids", &problem);
    }
}

fn pool(diags: &mut Diagnostics, at: AttributePath, item: &str) {
    if POOLS.iter().any(|(pool, _)| *pool == item) {
        return;
    }
    let problem = match POOLS.iter().find(|(_, types)| types.contains(&item)) {
        Some((pool, _)) => format!("{item:?} is a GPU type, not a pool; did you mean its pool, \"{pool}\"?"),
        None => format!(
            "{item:?} is not a GPU pool that this provider knows{}",
            hint(item, POOLS.iter().map(|(pool, _)| *pool))
        ),
    };
    doubtful(diags, at, "gpu_ids", &problem);
}

fn hint<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> String {
    let alike = |other: &str| strsim::jaro_winkler(&word.to_uppercase(), &other.to_uppercase());
    let best = known
        .map(|other| (alike(other), other))
        .max_by(|one, other| one.0.total_cmp(&other.0));
    match best {
        Some((likeness, other)) if likeness >= ALIKE => format!("; did you mean \"{other}\"?"),
        _ => String::new(),
    }
}

/// A CPU instance: flavour, vCPUs, memory in GB (API facts 2.5).
pub fn instance_id(text: &str) -> Result<(), String> {
    one_item(text)?;
    if text.starts_with("cpu") {
        return Ok(());
    }
    Err("an instance id begins with \"cpu\", such as \"cpu3c-2-4\" (flavour, vCPUs, GB of memory)".to_owned())
}

/// `scaler_value`: at least 1, or a fraction, which REST v2 may hold (V2 2.1) and nobody may bring about.
pub fn scaler_value(diags: &mut Diagnostics, path: &AttributePath, datum: &Datum) {
    if as_fraction(datum).is_none_or(|number| number <= 0.0) {
        new_scaler_value(diags, path, datum, None);
    }
}

/// Refuses a `scaler_value` that not both APIs hold.
pub fn new_scaler_value(diags: &mut Diagnostics, path: &AttributePath, datum: &Datum, _: Option<&Datum>) {
    let most = i64::from(i32::MAX);
    let given = datum.as_text().map_or_else(|| datum.to_string(), str::to_owned);
    let problem = match datum.as_integer() {
        Some(number) if number < 1 => "it must be at least 1".to_owned(),
        Some(number) if number > most => format!("it must be at most {most}"),
        Some(_) => return,
        None => format!("it must be a whole number from 1 to {most}"),
    };
    invalid(diags, path.clone(), "scaler_value", &problem, &given);
}

/// The number, if it has a fraction. One that binary does not hold exactly is a text.
fn as_fraction(datum: &Datum) -> Option<f64> {
    match datum {
        Datum::Float(number) => Some(*number),
        Datum::Text(text) => text.parse().ok().filter(|number: &f64| number.fract() != 0.0),
        _ => None,
    }
}

/// Whether a place is a country code, which GraphQL alone takes, and no id of a data centre.
pub fn is_country(place: &str) -> bool {
    let place = place.trim();
    place.len() == 2 && place.bytes().all(|byte| byte.is_ascii_alphabetic())
}

/// Flavours of CPU instances with their GB of memory for each vCPU (V2 2.3; API facts 2.5). Only for what a plan can tell
/// before REST v2 is asked: Runpod adds flavours without notice.
pub const FLAVORS: &[(&str, u32)] = &[
    ("cpu3c", 2),
    ("cpu3g", 4),
    ("cpu3m", 8),
    ("cpu5c", 2),
    ("cpu5g", 4),
    ("cpu5m", 8),
];

/// An instance id in its parts: flavour, vCPUs, GB of memory.
pub fn instance(text: &str) -> Option<(&str, u32, u32)> {
    let mut parts = text.split('-');
    let (flavor, vcpus, memory) = (parts.next()?, parts.next()?, parts.next()?);
    let number = |part: &str| -> Option<u32> {
        part.bytes()
            .all(|byte| byte.is_ascii_digit())
            .then(|| part.parse().ok())?
    };
    let parsed = (flavor, number(vcpus)?, number(memory)?);
    let is_flavor = !flavor.is_empty() && flavor.bytes().all(|byte| byte.is_ascii_alphanumeric());
    (parts.next().is_none() && is_flavor && parsed.1 > 0 && parsed.2 > 0).then_some(parsed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(items: &[&str]) -> Datum {
        Datum::texts(items.iter().copied())
    }

    #[test]
    fn the_order_of_pools_counts_and_that_of_exclusions_does_not() {
        let wanted = list(&["ADA_24", "-b", "AMPERE_16", "-a"]);
        assert!(same_gpus(&wanted, &list(&["ADA_24", "AMPERE_16", "-a", "-b"])));
        assert!(same_gpus(&wanted, &list(&["ada_24 ", "AMPERE_16", " -a", "-b"])));
        for other in [
            &["AMPERE_16", "ADA_24", "-a", "-b"][..],
            &["ADA_24", "AMPERE_16", "-a"],
            &["ADA_24", "-a", "-b"],
            &["ADA_24", "AMPERE_24", "-a", "-b"],
        ] {
            assert!(!same_gpus(&wanted, &list(other)), "{other:?}");
            assert!(!same_gpus_once(&wanted, &list(other)), "{other:?}");
        }
        assert!(same_gpus_once(&list(&["A", "B", "A"]), &list(&["A", "B"])));
    }

    #[test]
    fn a_name_may_come_back_with_the_suffix_or_without_and_not_as_another() {
        let name = |name: &str| Datum::Text(name.to_owned());
        assert!(is_suffixed(&name("x"), &name("x -fb")) && is_suffixed(&name("x -fb"), &name("x")));
        assert!(!is_suffixed(&name("x"), &name("y -fb")));
    }

    #[test]
    fn an_instance_has_three_parts() {
        assert_eq!(instance("cpu3c-2-4"), Some(("cpu3c", 2, 4)));
        for bad in [
            "cpu3c",
            "cpu3c-2",
            "cpu3c-2-4-8",
            "cpu3c-x-4",
            "-2-4",
            "cpu3c--4",
            " cpu3c-2-4",
            "cpu3c-0-4",
            "cpu3c-2-0",
        ] {
            assert_eq!(instance(bad), None, "{bad}");
        }
    }
}
