//! Gone means gone: when an object may be dropped from a state.
//!
//! A read by id must say so, with a key of the account that the object was made in (where the API can tell), and not
//! in the first seconds after its create, when reads may lag behind: then it is asked again until they have passed.

use std::{sync::Arc, time::Duration};

use runpod::{
    Call, Error, Operation,
    collection::{Listing, Object},
};
use tf_provider::Diagnostics;

use super::{
    diagnostic::error,
    messages::{capitalised, subject},
    noun::{Calls, Noun},
    private::PrivateState,
    value::Attributes,
};

/// A read that is repeated: what its end is told of.
const READ: Operation = Operation::own("read", "wait for a new object to show");

/// How often a read is repeated while it may lag behind a create.
pub const AGAIN: Duration = Duration::from_secs(2);

/// Whether an object exists.
pub enum Presence<T> {
    /// It does.
    Found(Box<T>),
    /// It does not.
    Gone,
    /// It cannot be said with this key; an error was added.
    OutOfSight,
}

/// Finds an object in the list that concurrent reads share, or else by its id.
///
/// # Errors
///
/// Those of the reads.
pub async fn find<N: Noun>(
    diags: &mut Diagnostics,
    calls: &Calls<N>,
    call: &Call,
    state: &Attributes,
    id: &str,
    private: &PrivateState,
) -> Result<Presence<N::Object>, Error> {
    let listing: Arc<Listing<N::Object>> = calls.list(call).await?;
    match listing.objects.iter().find(|object| object.id() == id) {
        Some(object) => Ok(Presence::Found(Box::new(object.clone()))),
        None => find_by_id::<N>(diags, calls, call, state, id, private).await,
    }
}

/// Reads an object by id.
///
/// # Errors
///
/// Those of the reads.
pub async fn find_by_id<N: Noun>(
    diags: &mut Diagnostics,
    calls: &Calls<N>,
    call: &Call,
    state: &Attributes,
    id: &str,
    private: &PrivateState,
) -> Result<Presence<N::Object>, Error> {
    loop {
        if let Some(object) = calls.find(call, id).await? {
            return Ok(Presence::Found(Box::new(object)));
        }
        let settling = private.settling();
        if settling.is_zero() {
            break;
        }
        if !call.pause(settling.min(AGAIN)).await {
            return Err(Error::interrupted(READ));
        }
    }
    let Some(owner) = &private.owner else {
        return Ok(Presence::Gone);
    };
    match calls.owner(call).await? {
        Some(asked) if asked != *owner => {
            let detail = format!(
                "{} was created in the account of the user {owner}, and the API key is one of the user {asked}, whose \
                 account does not have it. It may well exist and cost money. Use a key of the account of {owner} \
                 (api_key or RUNPOD_API_KEY). If the {} is no longer Terraform's affair, run \"terraform state rm \
                 <address>\".",
                capitalised(&subject::<N>(state)),
                N::NOUN,
            );
            error(diags, "The API key is one of another account", detail);
            Ok(Presence::OutOfSight)
        }
        _ => Ok(Presence::Gone),
    }
}
