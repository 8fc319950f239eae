//! The retry policy, row by row of the table in [`retry`](super), and the limits of time. Time is paused.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::{task::JoinSet, time::Instant};
use tokio_util::sync::CancellationToken;

use super::Retry;
use crate::{Action, Api, Call, Error, Kind, Operation, Refusal};

const LIST: Operation = Operation::new(Api::Rest, Action::List, "list", "list them");
const READ: Operation = Operation::new(Api::Rest, Action::Read, "read", "read it");
const CREATE: Operation = Operation::new(Api::Rest, Action::Create, "create", "create it");
const UPDATE: Operation = Operation::new(Api::Rest, Action::Update, "update", "update it");
const DELETE: Operation = Operation::new(Api::Rest, Action::Delete, "delete", "delete it");

const OPERATIONS: [Operation; 5] = [LIST, READ, CREATE, UPDATE, DELETE];

/// One attempt that was made.
#[derive(Clone, Copy, Debug)]
struct Made {
    operation: Operation,
    at: Instant,
    attempt: u32,
}

/// An API whose failures are scripted.
#[derive(Default)]
struct Scripted {
    /// How the next attempts fail; after them all succeed.
    failures: Mutex<VecDeque<Kind>>,
    made: Mutex<Vec<Made>>,
    takes: Duration,
}

impl Scripted {
    fn made(&self) -> Vec<Made> {
        self.made.lock().unwrap().clone()
    }

    async fn attempt(&self, operation: Operation, attempt: u32) -> Result<(), Error> {
        let at = Instant::now();
        self.made.lock().unwrap().push(Made {
            operation,
            at,
            attempt,
        });
        let failure = self.failures.lock().unwrap().pop_front();
        tokio::time::sleep(self.takes).await;
        failure.map_or(Ok(()), |kind| Err(Error::new(operation, kind, "scripted")))
    }
}

/// The policy over an API that is scripted.
struct Retrying {
    api: Arc<Scripted>,
    retry: Retry,
}

async fn perform(retrying: &Retrying, call: &Call, operation: Operation) -> Result<(), Error> {
    let attempt = |attempt| retrying.api.attempt(operation, attempt);
    retrying.retry.run(operation, call, attempt).await
}

fn call() -> Call {
    Call::within(Duration::from_secs(120), CancellationToken::new())
}

const BASE: Duration = Duration::from_millis(500);

/// What the paused clock may add to a wait: it counts whole milliseconds.
const TICK: Duration = Duration::from_millis(2);

const UNAVAILABLE: Kind = Kind::Unavailable { retry_after: None };

fn limited(seconds: u64) -> Kind {
    Kind::RateLimited {
        retry_after: Some(Duration::from_secs(seconds)),
    }
}

fn retrying(failures: impl IntoIterator<Item = Kind>, max_retries: u32) -> (Arc<Scripted>, Retrying) {
    let api = Arc::new(Scripted {
        failures: Mutex::new(failures.into_iter().collect()),
        ..Scripted::default()
    });
    let retry = Retry::new(max_retries, BASE);
    (api.clone(), Retrying { api, retry })
}

fn waits(api: &Scripted) -> Vec<Duration> {
    api.made()
        .windows(2)
        .map(|pair| pair[1].at - pair[0].at)
        .collect()
}

/// The operations that are tried again after each of these outcomes; all others return it after one attempt.
async fn only_these_are_tried_again(outcomes: &[Kind], again: &[Operation]) {
    for outcome in outcomes {
        for operation in OPERATIONS {
            let (api, retrying) = retrying([outcome.clone()], 4);
            let result = perform(&retrying, &call(), operation).await;
            let made = api.made();
            assert!(made.iter().all(|made| made.operation == operation));
            if again.contains(&operation) {
                assert_eq!(
                    (&result, made.len()),
                    (&Ok(()), 2),
                    "{operation:?} after {outcome:?}"
                );
            } else {
                let failure = result.unwrap_err();
                assert_eq!(
                    (&failure.kind, failure.attempts, made.len()),
                    (outcome, 1, 1),
                    "{operation:?} after {outcome:?}"
                );
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_provably_did_not_happen_is_tried_again() {
    let outcomes = [
        Kind::RateLimited { retry_after: None },
        limited(3),
        Kind::Unreachable,
    ];
    only_these_are_tried_again(&outcomes, &OPERATIONS).await;
}

#[tokio::test(start_paused = true)]
async fn what_may_have_happened_is_tried_again_except_a_create() {
    let outcomes = [
        UNAVAILABLE,
        Kind::Timeout,
        Kind::ConnectionLost,
        Kind::Garbled,
        Kind::Incomplete,
    ];
    let repeatable = OPERATIONS.map(|operation| (operation, operation != CREATE));
    let repeatable: Vec<_> = repeatable
        .into_iter()
        .filter(|(_, is)| *is)
        .map(|(it, _)| it)
        .collect();
    only_these_are_tried_again(&outcomes, &repeatable).await;
}

#[tokio::test(start_paused = true)]
async fn try_again_later_is_obeyed_except_by_a_create_and_a_delete() {
    let again = [LIST, READ, UPDATE];
    only_these_are_tried_again(&[Kind::TryAgainLater], &again).await;
}

#[tokio::test(start_paused = true)]
async fn a_refusal_is_not_tried_again() {
    let outcomes = [
        Kind::Credential,
        Kind::Forbidden,
        Kind::NotPermitted,
        Kind::FieldNotPermitted {
            field: "env".to_owned(),
        },
        Kind::Tls,
        Kind::Refused(Refusal::OTHER),
        Kind::NotFound,
        Kind::Schema,
        Kind::ApiEnded,
        Kind::NoSuchRoute,
        Kind::UnexpectedStatus,
    ];
    only_these_are_tried_again(&outcomes, &[]).await;
}

#[tokio::test(start_paused = true)]
async fn a_create_whose_answer_is_lost_in_a_later_attempt_is_not_repeated_either() {
    let (api, retrying) = retrying([Kind::Unreachable, Kind::ConnectionLost], 4);
    let failure = perform(&retrying, &call(), CREATE).await.unwrap_err();
    assert_eq!((failure.kind, failure.attempts), (Kind::ConnectionLost, 2));
    assert_eq!(api.made().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn attempts_are_bounded_and_counted() {
    for max_retries in [0, 3] {
        let (api, retrying) = retrying([UNAVAILABLE; 9], max_retries);
        let failure = perform(&retrying, &call(), LIST).await.unwrap_err();
        assert_eq!((failure.kind, failure.attempts), (UNAVAILABLE, max_retries + 1));
        let numbers: Vec<u32> = api.made().iter().map(|made| made.attempt).collect();
        assert_eq!(numbers, (1..=max_retries + 1).collect::<Vec<_>>());
    }
}

#[tokio::test(start_paused = true)]
async fn waits_grow_exponentially_up_to_a_limit_and_differ() {
    let mut all = Vec::new();
    for _ in 0..2 {
        let (api, retrying) = retrying([UNAVAILABLE; 8], 8);
        let patient = Call::within(Duration::from_secs(600), CancellationToken::new());
        perform(&retrying, &patient, LIST).await.unwrap();
        let waits = waits(&api);
        for (number, wait) in (0..).zip(&waits) {
            let least = (BASE * 2_u32.pow(number)).min(Duration::from_secs(15));
            assert!(
                (least..=least * 2 + TICK).contains(wait),
                "wait {number} was {wait:?}"
            );
        }
        all.push(waits);
    }
    assert_ne!(all[0], all[1]);
}

#[tokio::test(start_paused = true)]
async fn retry_after_is_honoured() {
    let asked = Duration::from_secs(7);
    let unavailable = Kind::Unavailable {
        retry_after: Some(asked),
    };
    for outcome in [limited(7), unavailable] {
        let (api, retrying) = retrying([outcome], 4);
        perform(&retrying, &call(), LIST).await.unwrap();
        assert!((asked..=asked + BASE + TICK).contains(&waits(&api)[0]));
    }
}

#[tokio::test(start_paused = true)]
async fn retry_after_of_nothing_is_no_leave_to_hammer() {
    let (api, retrying) = retrying([limited(0), limited(0)], 4);
    perform(&retrying, &call(), LIST).await.unwrap();
    assert!(waits(&api).iter().all(|wait| *wait >= BASE));
}

#[tokio::test(start_paused = true)]
async fn nothing_goes_on_beyond_the_deadline() {
    let limit = Duration::from_secs(5);
    let (api, retrying) = retrying(vec![UNAVAILABLE; 50], 49);
    let begun = Instant::now();
    let limited = Call::within(limit, CancellationToken::new());
    let failure = perform(&retrying, &limited, LIST).await.unwrap_err();
    assert_eq!(failure.kind, UNAVAILABLE);
    assert!(failure.message.contains("after the time is up"), "{failure}");
    assert!(begun.elapsed() <= limit);
    assert!(api.made().len() > 1);
}

#[tokio::test(start_paused = true)]
async fn a_call_whose_time_is_up_is_not_begun() {
    let (api, retrying) = retrying([], 4);
    let late = Call::within(Duration::ZERO, CancellationToken::new());
    for operation in OPERATIONS {
        let failure = perform(&retrying, &late, operation).await.unwrap_err();
        assert_eq!(failure, Error::out_of_time(operation));
    }
    assert!(api.made().is_empty());
}

#[tokio::test(start_paused = true)]
async fn after_a_429_every_request_waits_and_they_do_not_all_go_at_once() {
    let (api, retrying) = retrying([limited(10)], 4);
    let retrying = Arc::new(retrying);
    let begun = Instant::now();
    let mut calls = JoinSet::new();
    for operation in OPERATIONS.into_iter().cycle().take(30) {
        let retrying = retrying.clone();
        calls.spawn(async move { perform(&retrying, &call(), operation).await });
    }
    assert!(calls.join_all().await.iter().all(Result::is_ok));
    let made = api.made();
    assert_eq!(made[0].at, begun);
    let waited: Vec<_> = made[1..].iter().map(|made| made.at - begun).collect();
    let gate = Duration::from_secs(10);
    assert!(
        waited
            .iter()
            .all(|wait| (gate..=gate + BASE + TICK).contains(wait)),
        "{waited:?}"
    );
    assert!(waited.iter().max() > waited.iter().min());
}

#[tokio::test(start_paused = true)]
async fn requests_that_were_turned_away_together_do_not_come_back_together() {
    let second = Duration::from_secs(1);
    let api = Arc::new(Scripted {
        failures: Mutex::new(vec![limited(10); 20].into()),
        takes: second,
        ..Scripted::default()
    });
    let retry = Retry::new(4, BASE);
    let retrying = Arc::new(Retrying {
        api: api.clone(),
        retry,
    });
    let mut calls = JoinSet::new();
    for _ in 0..20 {
        let retrying = retrying.clone();
        calls.spawn(async move { perform(&retrying, &call(), LIST).await });
    }
    calls.join_all().await;
    let mut back: Vec<_> = api.made()[20..].iter().map(|made| made.at).collect();
    back.dedup();
    assert!(back.len() > 10, "{} moments for 20 requests", back.len());
}

#[tokio::test(start_paused = true)]
async fn a_gate_beyond_the_deadline_is_told_at_once() {
    let (api, retrying) = retrying([limited(600)], 4);
    let begun = Instant::now();
    let first = perform(&retrying, &call(), LIST).await.unwrap_err();
    assert_eq!((&first.kind, first.attempts), (&limited(600), 1));
    let second = perform(&retrying, &call(), LIST).await.unwrap_err();
    assert!(matches!(second.kind, Kind::RateLimited { .. }));
    assert_eq!((second.attempts, api.made().len()), (0, 1));
    assert_eq!(begun.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn the_servers_own_number_is_told_however_long_it_asks_to_wait() {
    let (_, limit) = retrying([limited(99_999)], 4);
    let first = perform(&limit, &call(), LIST).await.unwrap_err();
    let second = perform(&limit, &call(), LIST).await.unwrap_err();
    for failure in [first, second] {
        assert!(failure.message.contains("99999 s"), "{failure}");
    }
    // No moment lies so far ahead.
    let unavailable = Kind::Unavailable {
        retry_after: Some(Duration::MAX),
    };
    for outcome in [limited(u64::MAX), unavailable] {
        let (_, retrying) = retrying([outcome.clone()], 4);
        let failure = perform(&retrying, &call(), LIST).await.unwrap_err();
        assert_eq!((&failure.kind, failure.attempts), (&outcome, 1));
        assert!(failure.message.contains("18446744073709552000 s"), "{failure}");
    }
}

/// Runs the call, cancels it after a second, and says what came of it and how long it took.
async fn cancelled_after_a_second(retrying: &Retrying, operation: Operation) -> (Error, Duration) {
    let call = call();
    let begun = Instant::now();
    let (result, ()) = tokio::join!(perform(retrying, &call, operation), async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        call.cancelled.cancel();
    });
    (result.unwrap_err(), begun.elapsed())
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_call_stops_waiting_for_its_next_attempt() {
    let unavailable = Kind::Unavailable {
        retry_after: Some(Duration::from_secs(30)),
    };
    for outcome in [unavailable, limited(30)] {
        let (api, retrying) = retrying([outcome], 4);
        let (failure, took) = cancelled_after_a_second(&retrying, READ).await;
        assert_eq!((&failure.kind, failure.attempts), (&Kind::Cancelled, 1));
        assert!(failure.message.ends_with("before that: scripted"), "{failure}");
        assert!(took <= Duration::from_secs(1) + TICK);
        assert_eq!(api.made().len(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_write_that_may_have_happened_is_not_said_to_be_unmade_when_it_is_cancelled() {
    let lost = Kind::Unavailable {
        retry_after: Some(Duration::from_secs(30)),
    };
    let (_, retrying) = retrying([lost], 4);
    let (failure, _) = cancelled_after_a_second(&retrying, UPDATE).await;
    assert!(failure.is_ambiguous(), "{failure:?}");
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_call_makes_no_attempt() {
    let (api, retrying) = retrying([], 4);
    let stopped = call();
    stopped.cancelled.cancel();
    for operation in OPERATIONS {
        let failure = perform(&retrying, &stopped, operation).await.unwrap_err();
        assert_eq!(failure, Error::interrupted(operation));
    }
    assert!(api.made().is_empty());
}
