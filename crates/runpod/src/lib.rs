//! The Runpod client: what can be done with serverless endpoints, whatever the transport.
//!
//! It can be read and used without knowing what Terraform is. [`EndpointsApi`] is the seam: a transport
//! ([`graphql`]) implements it one attempt a call, [`retry`] and [`snapshot`] wrap any implementation, and the
//! compound operations ([`creation`], [`deletion`], [`presence`]) are written against the trait alone.
//!
//! ```no_run
//! use std::time::Duration;
//!
//! use runpod::{
//!     Call, EndpointsApi,
//!     deletion,
//!     graphql::{GraphQl, Settings},
//!     retry::Retrying,
//! };
//! use tokio_util::sync::CancellationToken;
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let settings = Settings {
//!     url: "https://api.runpod.io/graphql".parse()?,
//!     key: std::env::var("RUNPOD_API_KEY")?.into(),
//!     user_agent: "spring-cleaning/1.0".to_owned(),
//!     request_timeout: Duration::from_secs(30),
//! };
//! let api = Retrying::new(GraphQl::new(settings)?, 4);
//!
//! let call = Call::within(Duration::from_secs(300), CancellationToken::new());
//! for endpoint in &api.account(&call).await?.endpoints {
//!     if endpoint.workers_max == Some(0) {
//!         deletion::delete(&api, &call, endpoint.id()).await?;
//!     }
//! }
//! # Ok(())
//! # }
//! ```

pub mod collection;
pub mod creation;
pub mod deletion;
pub mod endpoint;
pub mod endpoint_collection;
pub mod error;
#[cfg(test)]
mod fake;
pub mod graphql;
pub mod presence;
pub mod retry;
#[cfg(test)]
mod retry_tests;
pub mod scalar;
#[cfg(test)]
mod scripted;
pub mod snapshot;
#[cfg(test)]
mod snapshot_tests;
#[cfg(test)]
mod tests;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

pub use endpoint::{Discount, Endpoint, EndpointInput, Saved};
pub use error::{Error, Kind, Operation, Refusal};

/// Most rows that `myself.endpoints` returns, oldest first (API facts 1.4).
pub const LIST_CAP: usize = 400;

/// The time for [`Call::last_look`].
const LAST_LOOK: Duration = Duration::from_secs(10);

/// What one list query tells of the account.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Account {
    /// The account's endpoints, oldest first, at most [`LIST_CAP`] of them.
    pub endpoints: Vec<Endpoint>,
    /// The account's discount on serverless, where it has one.
    pub serverless_discount: Option<Discount>,
    /// The id of the user whose account it is.
    pub owner: Option<String>,
}

impl Account {
    /// Whether the list may have been cut: then an endpoint's absence from it proves nothing.
    pub fn is_capped(&self) -> bool {
        self.endpoints.len() >= LIST_CAP
    }

    /// The endpoint of that id, if the list shows it.
    pub fn by_id(&self, id: &str) -> Option<&Endpoint> {
        self.endpoints.iter().find(|endpoint| endpoint.id() == id)
    }

    /// The endpoints of that name; names are not unique (API facts 1.3).
    pub fn by_name<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Endpoint> {
        self.endpoints
            .iter()
            .filter(move |endpoint| endpoint.name.as_deref() == Some(name))
    }
}

/// What a read by id answered.
#[derive(Clone, Debug, PartialEq)]
pub enum Lookup {
    /// The endpoint exists.
    Found(Box<Saved>),
    /// The API returned null for this very endpoint, with or without an error of the field.
    ///
    /// An unknown id is answered with an error whose text and code are unknown (API facts 2.11), so this alone
    /// does not tell a missing endpoint from a passing fault of the field: [`presence`] weighs it.
    Absent {
        /// What the API said about the field, if anything.
        said: Option<String>,
    },
}

/// The limits of one call: until when it may go on, and what stops it earlier.
#[derive(Clone, Debug)]
pub struct Call {
    /// No attempt is started after this moment, and no wait goes beyond it.
    pub deadline: Instant,
    /// Ends waits and reads at once; a write that is under way is still awaited, since its answer tells what
    /// the API did.
    pub cancelled: CancellationToken,
}

impl Call {
    /// A call that may take `limit` from now.
    pub fn within(limit: Duration, cancelled: CancellationToken) -> Self {
        Self {
            deadline: Instant::now() + limit,
            cancelled,
        }
    }

    /// A call that still looks what a write has come to, though its own call was stopped or its time is up: there
    /// is no other way to learn it.
    pub fn last_look() -> Self {
        Self::within(LAST_LOOK, CancellationToken::new())
    }

    /// Waits, but not beyond the deadline and not once cancelled; false where the wait was cut short so.
    pub async fn pause(&self, length: Duration) -> bool {
        let until = Instant::now() + length;
        tokio::select! {
            () = self.cancelled.cancelled() => false,
            () = tokio::time::sleep_until(until.min(self.deadline)) => until <= self.deadline,
        }
    }
}

/// What can be done with serverless endpoints.
#[async_trait]
pub trait EndpointsApi: Send + Sync {
    /// Lists the account's endpoints (at most [`LIST_CAP`]) and its discount.
    async fn account(&self, call: &Call) -> Result<Arc<Account>, Error>;

    /// As [`EndpointsApi::account`], but begun after the call was made, never from a memory.
    async fn fresh_account(&self, call: &Call) -> Result<Arc<Account>, Error> {
        self.account(call).await
    }

    /// Reads one endpoint by id, with everything that a later save must send again.
    async fn find(&self, call: &Call, id: &str) -> Result<Lookup, Error>;

    /// Creates an endpoint; `input` has no id.
    async fn create(&self, call: &Call, input: &EndpointInput) -> Result<Endpoint, Error>;

    /// Writes an endpoint whole; `input` has its id.
    async fn update(&self, call: &Call, input: &EndpointInput) -> Result<Endpoint, Error>;

    /// Switches an endpoint to another template in place.
    async fn switch_template(&self, call: &Call, id: &str, template_id: &str) -> Result<(), Error>;

    /// Deletes an endpoint; the API refuses while workers are set.
    async fn delete(&self, call: &Call, id: &str) -> Result<(), Error>;
}

#[async_trait]
impl<T: EndpointsApi + ?Sized> EndpointsApi for Arc<T> {
    async fn account(&self, call: &Call) -> Result<Arc<Account>, Error> {
        (**self).account(call).await
    }

    async fn fresh_account(&self, call: &Call) -> Result<Arc<Account>, Error> {
        (**self).fresh_account(call).await
    }

    async fn find(&self, call: &Call, id: &str) -> Result<Lookup, Error> {
        (**self).find(call, id).await
    }

    async fn create(&self, call: &Call, input: &EndpointInput) -> Result<Endpoint, Error> {
        (**self).create(call, input).await
    }

    async fn update(&self, call: &Call, input: &EndpointInput) -> Result<Endpoint, Error> {
        (**self).update(call, input).await
    }

    async fn switch_template(&self, call: &Call, id: &str, template_id: &str) -> Result<(), Error> {
        (**self).switch_template(call, id, template_id).await
    }

    async fn delete(&self, call: &Call, id: &str) -> Result<(), Error> {
        (**self).delete(call, id).await
    }
}
