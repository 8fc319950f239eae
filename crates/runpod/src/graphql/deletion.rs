//! Deletion, as often as it takes: workers to zero, delete, confirm; what is already gone is deleted.
//!
//! The API refuses to delete an endpoint whose workers are set or still draining, or perhaps it no longer does
//! (API facts 4.4), in words that no source knows. So a refusal is judged by what is left, not by its text.

use std::time::Duration;

use super::{
    calls::{DELETE, EndpointCalls, Lookup},
    endpoints::GraphQlEndpoints,
    presence,
    saved::Saved,
};
use crate::{Call, Deletion, Error, Kind};

/// Pauses between attempts while workers drain; the last one repeats until the deadline.
const PAUSES: [Duration; 4] = [
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(5),
];

/// How many refusals without a worker to wait for are borne, and how many reads that do not add up.
const BORNE: usize = 5;

/// Deletes the endpoint; success means that it no longer exists.
///
/// # Errors
///
/// The first refusal that waiting cannot cure, or the last one when the time is up.
pub async fn delete<C: EndpointCalls>(
    endpoints: &GraphQlEndpoints<C>,
    call: &Call,
    id: &str,
) -> Result<Deletion, Error> {
    let (mut refusals_without_workers, mut doubts, mut is_asked) = (0, 0, false);
    for attempt in 0.. {
        let pause = PAUSES.get(attempt).or(PAUSES.last()).copied().unwrap_or_default();
        let saved = match presence::look_up(endpoints, call, id).await {
            Ok(Some(saved)) => saved,
            Ok(None) if is_asked => return Ok(Deletion::Done),
            Ok(None) => return Ok(Deletion::WasAbsent),
            // Reads may lag behind a delete (API facts 4.18): a list may still show what a read by id does not.
            Err(Error {
                kind: Kind::TryAgainLater,
                ..
            }) if doubts < BORNE && call.pause(pause).await => {
                doubts += 1;
                continue;
            }
            Err(failure) => return Err(failure),
        };
        // A template that is gone makes every save fail, and the endpoint may be deletable all the same.
        let scaled = scale_to_zero(endpoints, call, &saved).await;
        if let Err(failure) = &scaled
            && !is_refusal(failure)
        {
            return scaled.map(|()| Deletion::Done);
        }
        is_asked = true;
        let failure = match endpoints.delete_once(call, id).await {
            Ok(()) => match call
                .confirm(|call| async move { endpoints.calls.look_up(&call, id).await })
                .await?
            {
                Lookup::Absent { .. } => return Ok(Deletion::Done),
                Lookup::Found(_) => Error::new(DELETE, Kind::TryAgainLater, "the endpoint is still there"),
            },
            Err(failure) if is_refusal(&failure) || failure.is_ambiguous() => failure,
            Err(failure) => return Err(failure),
        };
        if !has_workers(&saved) {
            refusals_without_workers += 1;
        }
        if refusals_without_workers >= BORNE || !call.pause(pause).await {
            // What the first step said explains more than what followed from it.
            return if call
                .confirm(|call| async move { presence::look_up(endpoints, &call, id).await })
                .await?
                .is_none()
            {
                Ok(Deletion::Done)
            } else {
                scaled.and(Err(failure))
            };
        }
    }
    Ok(Deletion::Done)
}

async fn scale_to_zero<C: EndpointCalls>(
    endpoints: &GraphQlEndpoints<C>,
    call: &Call,
    saved: &Saved,
) -> Result<(), Error> {
    let is_zero = |workers: Option<i32>| workers == Some(0);
    if is_zero(saved.row.workers_min) && is_zero(saved.row.workers_max) {
        return Ok(());
    }
    let mut input = saved.resave();
    input.workers_min = Some(0);
    input.workers_max = Some(0);
    endpoints.save(call, &input).await.map(drop)
}

fn has_workers(saved: &Saved) -> bool {
    saved.pods.iter().flatten().flatten().next().is_some()
}

fn is_refusal(failure: &Error) -> bool {
    matches!(failure.kind, Kind::Refused(_) | Kind::TryAgainLater)
}
