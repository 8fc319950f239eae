//! What may be asked of the catalogue: the query parameters and their rules (V2 6).

use super::{problem::Problem, request::Request};

/// The words for what a machine is rented as.
const PRODUCTS: &[&str] = &["POD", "CLUSTER", "SERVERLESS"];

/// What stock is asked for.
#[derive(Clone, Debug)]
pub(crate) struct StockFilter {
    /// GPUs or vCPUs of one worker.
    pub(crate) count: i32,
    /// Only these countries; none for all.
    pub(crate) countries: Vec<String>,
    /// Only machines with one of these CUDA versions; none for all.
    pub(crate) cuda_versions: Vec<String>,
    /// Only machines with at least this one.
    pub(crate) min_cuda_version: Option<String>,
    pub(crate) products: Vec<String>,
}

fn query(text: impl AsRef<str>) -> Problem {
    Problem::shape(vec![format!("query.{}", text.as_ref())])
}

/// Checks that the items of a parameter are all of these words.
pub(crate) fn words(request: &Request, name: &str, known: &[&str]) -> Result<Vec<String>, Problem> {
    let items = request.items(name);
    if items.iter().all(|item| known.contains(item)) {
        return Ok(items.into_iter().map(str::to_owned).collect());
    }
    let quoted: Vec<_> = known.iter().map(|word| format!("'{word}'")).collect();
    Err(query(format!(
        "{name}: value must be one of {}",
        quoted.join(", ")
    )))
}

impl StockFilter {
    /// What stock of GPUs a request asks for; none when it asks for the rows alone.
    pub(crate) fn of_gpus(request: &Request) -> Result<Option<Self>, Problem> {
        let others = ["count", "cloud", "countryCodes", "cudaVersions", "minCudaVersion"];
        let Some(products) = products(request, PRODUCTS, &others)? else {
            return Ok(None);
        };
        words(request, "cloud", &["SECURE", "COMMUNITY"])?;
        let countries = matching(request, "countryCodes", "^[A-Z]{2}$", |code| {
            code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase())
        })?;
        let cuda_versions = matching(request, "cudaVersions", r"^\d+\.\d+$", |text| {
            text.split_once('.')
                .is_some_and(|(major, minor)| is_number(major) && is_number(minor))
        })?;
        let floor = matching(request, "minCudaVersion", r"^\d+(\.\d+)?$", |text| {
            let (major, minor) = text.split_once('.').unwrap_or((text, "0"));
            is_number(major) && is_number(minor)
        })?;
        let min_cuda_version = floor.into_iter().next();
        if !cuda_versions.is_empty() && min_cuda_version.is_some() {
            return Err(Problem::new(
                400,
                "cudaVersions and minCudaVersion exclude each other",
            ));
        }
        Ok(Some(Self {
            count: count(request, "count", 1)?.unwrap_or(1),
            countries,
            cuda_versions,
            min_cuda_version,
            products,
        }))
    }

    /// What stock of CPUs a request asks for; none when it asks for the rows alone.
    pub(crate) fn of_cpus(request: &Request) -> Result<Option<Self>, Problem> {
        let Some(products) = products(request, &["POD", "SERVERLESS"], &["vcpuCount"])? else {
            return Ok(None);
        };
        let count = count(request, "vcpuCount", 2)?;
        if count.is_some_and(|count| !u32::try_from(count).is_ok_and(u32::is_power_of_two)) {
            return Err(query("vcpuCount: value must be a power of two"));
        }
        Ok(Some(Self {
            count: count.unwrap_or(2),
            countries: Vec::new(),
            cuda_versions: Vec::new(),
            min_cuda_version: None,
            products,
        }))
    }
}

fn products(request: &Request, known: &[&str], others: &[&str]) -> Result<Option<Vec<String>>, Problem> {
    let include = words(request, "include", &["AVAILABILITY"])?;
    let products = words(request, "product", known)?;
    match (include.is_empty(), products.is_empty()) {
        (false, true) => Err(Problem::new(400, "include=AVAILABILITY needs product")),
        (true, false) => Err(Problem::new(400, "product needs include=AVAILABILITY")),
        (false, false) => Ok(Some(products)),
        (true, true) => match others.iter().find(|name| request.query(name).is_some()) {
            Some(name) => Err(Problem::new(400, format!("{name} needs include=AVAILABILITY"))),
            None => Ok(None),
        },
    }
}

/// The items of a parameter, which must all match.
fn matching(
    request: &Request,
    name: &str,
    pattern: &str,
    holds: impl Fn(&str) -> bool,
) -> Result<Vec<String>, Problem> {
    let items = request.items(name);
    match items.iter().find(|item| !holds(item)) {
        Some(item) => Err(query(format!(
            "{name}: '{item}' does not match pattern '{pattern}'"
        ))),
        None => Ok(items.into_iter().map(str::to_owned).collect()),
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn count(request: &Request, name: &str, min: i32) -> Result<Option<i32>, Problem> {
    let Some(text) = request.query(name) else {
        return Ok(None);
    };
    match text.parse::<i32>() {
        Ok(count) if count >= min => Ok(Some(count)),
        Ok(count) => Err(query(format!("{name}: minimum: got {count}, want {min}"))),
        Err(_) => Err(query(format!("{name}: got string, want integer"))),
    }
}
