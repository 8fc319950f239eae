//! What is wrong, in tf-provider's words and in the protocol's.

use std::borrow::Cow;

use tf_provider::{AttributePath, AttributePathStep, Diagnostic, Diagnostics};

use super::wire;

/// An error. Built as a literal, for tf-provider's constructors append a backtrace when RUST_BACKTRACE is set.
pub(crate) fn error(
    summary: impl Into<Cow<'static, str>>,
    detail: impl Into<Cow<'static, str>>,
) -> Diagnostic {
    Diagnostic {
        summary: summary.into(),
        detail: detail.into(),
        attribute: AttributePath::default(),
    }
}

/// A mistake of the provider's developers.
pub(crate) fn provider_bug(what: impl std::fmt::Display) -> Diagnostic {
    error(
        "The provider has a bug",
        format!("{what} Please report this to the provider's developers."),
    )
}

/// One error and nothing else.
pub(crate) fn only(error: Diagnostic) -> Diagnostics {
    Diagnostics {
        errors: vec![error],
        warnings: Vec::new(),
    }
}

/// One warning and nothing else.
pub(crate) fn only_warning(warning: Diagnostic) -> Diagnostics {
    Diagnostics {
        errors: Vec::new(),
        warnings: vec![warning],
    }
}

/// Errors, then warnings, each in the order in which they were added.
pub(crate) fn to_wire(diags: Diagnostics) -> Vec<wire::Diagnostic> {
    use wire::diagnostic::Severity;
    let errors = diags.errors.into_iter().map(|diag| one(diag, Severity::Error));
    errors
        .chain(
            diags
                .warnings
                .into_iter()
                .map(|diag| one(diag, Severity::Warning)),
        )
        .collect()
}

fn one(diag: Diagnostic, severity: wire::diagnostic::Severity) -> wire::Diagnostic {
    wire::Diagnostic {
        severity: severity.into(),
        summary: diag.summary.into_owned(),
        detail: without_backtrace(&diag.detail).to_owned(),
        attribute: (!diag.attribute.steps.is_empty()).then(|| path(diag.attribute)),
    }
}

/// A path as the protocol has it.
pub(crate) fn path(path: AttributePath) -> wire::AttributePath {
    use wire::attribute_path::{Step, step::Selector};
    let step = |step| match step {
        AttributePathStep::Attribute(name) => Selector::AttributeName(name.into_owned()),
        AttributePathStep::Key(key) => Selector::ElementKeyString(key.into_owned()),
        AttributePathStep::Index(index) => Selector::ElementKeyInt(index),
    };
    let steps = path
        .steps
        .into_iter()
        .map(|it| Step {
            selector: Some(step(it)),
        })
        .collect();
    wire::AttributePath { steps }
}

/// Cuts off what tf-provider's constructors append when RUST_BACKTRACE is set: a user can do nothing with it,
/// and `Resource::import` of tf-provider uses them.
pub(crate) fn without_backtrace(detail: &str) -> &str {
    const FIRST_FRAME: &str = "   0: ";
    let starts = detail
        .match_indices(FIRST_FRAME)
        .map(|(at, _)| detail.split_at(at));
    for (before, frames) in starts {
        let line_start = before.is_empty() || before.ends_with('\n');
        if line_start && (frames.contains("\n   1: ") || frames.contains("\n             at ")) {
            return before.trim_end();
        }
    }
    detail
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backtraces_do_not_reach_users() {
        let frames = "   0: tf_provider::x\n             at ./src/x.rs:1:1\n   1: std::y\n";
        assert_eq!(without_backtrace(frames), "");
        assert_eq!(without_backtrace(&format!("It broke.\n{frames}")), "It broke.");
        assert_eq!(without_backtrace("steps:\n   0: first"), "steps:\n   0: first");
    }

    #[test]
    fn errors_come_first_and_keep_their_order_and_paths() {
        let mut diags = Diagnostics::default();
        diags.add_warning(error("w", ""));
        diags.add_error(error("e1", ""));
        diags.add_error(Diagnostic {
            attribute: AttributePath::new("a").key("k").index(2),
            ..error("e2", "d")
        });
        let wire = to_wire(diags);
        let summaries: Vec<_> = wire
            .iter()
            .map(|diag| (diag.severity, diag.summary.as_str()))
            .collect();
        assert_eq!(summaries, [(1, "e1"), (1, "e2"), (2, "w")]);
        let steps = wire
            .get(1)
            .and_then(|diag| diag.attribute.as_ref())
            .map(|path| path.steps.len());
        assert_eq!(steps, Some(3));
    }
}
