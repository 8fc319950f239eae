//! The registry's pages of a Terraform provider, made of templates, examples and the schema that the provider serves.
//!
//! A template is a page with directives in it, each on a line of its own:
//!
//! | directive | becomes |
//! |---|---|
//! | `{{ example PATH }}` | a file below `examples/`, as a code block |
//! | `{{ schema KIND NAME }}` | the attributes of a `resource`, `data-source`, `list-resource` or `action`, the arguments of a `function`; `{{ schema provider }}` those of the provider block |
//! | `{{ identity NAME }}` | the identity of a resource |
//! | `{{ signature NAME }}` | a function as it is called |
//! | `{{ terraform VERSION [opentofu VERSION] }}` | a note on the versions that the page needs |
//! | `{{ TABLE }}` | a table that the caller gives, by its name |
//! | `{{ needs WHAT }}` | nothing; the page waits until the schema has it |
//! | `{{ when WHAT }}` … `{{ end }}` | the lines between, if the schema has it; `{{ unless WHAT }}`, if it lacks it |
//!
//! WHAT is `provider ATTRIBUTE`, `KIND NAME`, `KIND NAME ATTRIBUTE` or `identity NAME`. A page that shows the schema of
//! what the provider does not have (yet) waits as well: it is left out, and [`Site::waiting`] says what for.
//!
//! [`summaries`] finds the errors and warnings that a provider can give, so that a page can be held against them.

mod attributes;
mod functions;
mod schema;
mod site;
pub mod summaries;
mod template;

pub use schema::Schema;
pub use site::{Error, Site, Source};
