//! What is wrong with a request.

use async_graphql::Pos;

/// One thing wrong with a request, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Complaint {
    pub(crate) text: String,
    pub(crate) at: Pos,
}
