//! A secret that is given in one of two ways: kept in the state (`value`), or write-only (`value_wo`) with a version that
//! says when it is another one (`value_wo_version`).

use tf_provider::{AttributePath, Diagnostics};

use super::{diagnostic::error_at, noun::Plan, value::Attributes};

/// Checks that not both ways are used, and a version goes with the write-only one.
pub fn check(diags: &mut Diagnostics, config: &Attributes, name: &'static str) {
    let (write_only, version) = (format!("{name}_wo"), format!("{name}_wo_version"));
    let has = |name: &str| !config.get(name).is_null();
    if has(name) && has(&write_only) {
        let detail =
            format!("{name} and {write_only} are both set. Set one of them and leave the other out.");
        let summary = format!("Two ways to give the {name}");
        error_at(diags, AttributePath::new(write_only.clone()), summary, detail);
    }
    if has(&write_only) && !has(&version) {
        let detail = format!(
            "{write_only} is set without {version}. Since {write_only} stands in no state, {version} tells when it is \
             another one: set it to 1, and change it whenever {write_only} changes."
        );
        let summary = format!("{write_only} needs {version}");
        error_at(diags, AttributePath::new(version.clone()), summary, detail);
    }
    if has(&version) && !has(&write_only) {
        let detail = format!("{version} is set without {write_only}, whose version it is. Leave it out.");
        let summary = format!("{version} goes with {write_only} alone");
        error_at(diags, AttributePath::new(version), summary, detail);
    }
}

/// Checks that one of the two ways is used, unless the object exists and neither was: one that was imported, of which
/// Runpod does not tell the secret.
pub fn plan(diags: &mut Diagnostics, plan: &Plan<'_>, name: &'static str) {
    let (write_only, version) = (format!("{name}_wo"), format!("{name}_wo_version"));
    let is_given = [name, &write_only]
        .iter()
        .any(|name| !plan.config.get(name).is_null());
    let was_given = |prior: &Attributes| [name, &version].iter().any(|name| !prior.get(name).is_null());
    if is_given || plan.prior.is_some_and(|prior| !was_given(prior)) {
        return;
    }
    let detail = format!(
        "Neither {name} nor {write_only} is set. Set {write_only} with {version} (Terraform 1.11 or later), which keeps \
         the {name} out of state and plan, or {name}."
    );
    let summary = format!("No {name} is given");
    error_at(diags, AttributePath::new(name), summary, detail);
}
