//! Gone means gone: when an endpoint may be said not to exist.
//!
//! The list proves nothing by what it lacks, since it is capped (API facts 1.4), and an unknown id is answered with
//! an error whose text and code are those of any passing fault (API facts 2.11). So an endpoint is gone only if
//! reads by id answer null for it twice, a moment apart, while the API is seen to work: by a whole list that
//! lacks it too, or, where the list may have been cut, by a read by id of another endpoint that does exist.

use std::time::Duration;

use super::{
    calls::{EndpointCalls, Lookup, READ},
    endpoints::GraphQlEndpoints,
    saved::Saved,
};
use crate::{Call, Collection, Endpoint, Error, Kind, Listing};

/// How long after the first look the second one follows; reads may lag behind writes for a moment (API facts 4.18).
const SECOND_LOOK: Duration = Duration::from_millis(400);

/// Reads an endpoint by id; `None` only if it does not exist.
///
/// Fails as the reads do, and with [`Kind::TryAgainLater`] where their answers do not add up.
pub async fn look_up<C: EndpointCalls>(
    endpoints: &GraphQlEndpoints<C>,
    call: &Call,
    id: &str,
) -> Result<Option<Box<Saved>>, Error> {
    if let Lookup::Found(saved) = endpoints.calls.look_up(call, id).await? {
        return Ok(Some(saved));
    }
    call.pause(SECOND_LOOK).await;
    let said = match endpoints.calls.look_up(call, id).await? {
        Lookup::Found(saved) => return Ok(Some(saved)),
        Lookup::Absent { said } => said,
    };
    let mut listing = endpoints.list(call).await?;
    if listing.by_id(id).is_some() {
        // The list may be older than these reads.
        listing = endpoints.fresh_list(call).await?;
    }
    let works = match listing.by_id(id) {
        Some(_) => false,
        None => !listing.is_capped || reads_another(endpoints, call, &listing).await?,
    };
    if works {
        return Ok(None);
    }
    let said = said.map_or_else(String::new, |said| format!(" and said: {said}"));
    let message = format!("the API returned nothing for {id}, though it cannot be missing for sure{said}");
    Err(Error::new(READ, Kind::TryAgainLater, message))
}

/// Whether a read by id works for an endpoint that the list shows.
async fn reads_another<C: EndpointCalls>(
    endpoints: &GraphQlEndpoints<C>,
    call: &Call,
    listing: &Listing<Endpoint>,
) -> Result<bool, Error> {
    let Some(other) = listing.objects.last() else {
        return Ok(false);
    };
    Ok(matches!(
        endpoints.calls.look_up(call, &other.id).await?,
        Lookup::Found(_)
    ))
}
