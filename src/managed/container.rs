//! What an endpoint's container and a template have in common.

use tf_provider::{AttributePath, Diagnostics};

use super::{diagnostic::error_at, value::Attributes};

/// `args` is the whole command as one text, so that it excludes the two other ways to write one (V2 2.4).
pub fn check_command(diags: &mut Diagnostics, config: &Attributes) {
    for name in ["entrypoint", "cmd"] {
        if config.has("args") && config.has(name) {
            let detail = format!(
                "args and {name} are both set, but args is the whole command as one text. Set args, or entrypoint and cmd."
            );
            error_at(diags, AttributePath::new(name), "Two commands are given", detail);
        }
    }
}
