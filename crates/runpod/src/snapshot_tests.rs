//! One list for many reads, and never an old one. Time is paused.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::{sync::Arc, time::Duration};

use tokio::{
    task::JoinSet,
    time::{Instant, sleep},
};
use tokio_util::sync::CancellationToken;

use super::{
    Account, Call, EndpointsApi, Error, Kind, Operation,
    fake::call,
    retry::Retrying,
    scripted::{OPERATIONS, Scripted, perform, writes_seen},
    snapshot::Shared,
};

const SECOND: Duration = Duration::from_secs(1);

/// Lists take ten seconds, writes one.
fn slow() -> (Arc<Scripted>, Arc<Shared<Arc<Scripted>>>) {
    let api = Arc::new(Scripted::default().taking(10 * SECOND, SECOND));
    (api.clone(), Arc::new(Shared::new(api)))
}

async fn read_all<T: EndpointsApi + 'static>(
    shared: &Arc<Shared<T>>,
    readers: usize,
) -> Vec<Result<Arc<Account>, Error>> {
    let mut reads = JoinSet::new();
    for _ in 0..readers {
        let shared = shared.clone();
        reads.spawn(async move { shared.account(&call()).await });
    }
    reads.join_all().await
}

/// A read that is asked for at this second.
async fn read_at(shared: &Shared<Arc<Scripted>>, second: u32) -> usize {
    sleep(second * SECOND).await;
    writes_seen(&shared.account(&call()).await.unwrap())
}

/// An update that is asked for at this second.
async fn update_at(shared: &Shared<Arc<Scripted>>, second: u32) {
    sleep(second * SECOND).await;
    perform(shared, &call(), Operation::UpdateEndpoint).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn many_readers_share_one_list() {
    let (api, shared) = slow();
    assert!(read_all(&shared, 200).await.iter().all(Result::is_ok));
    assert!(read_all(&shared, 200).await.iter().all(Result::is_ok));
    assert_eq!(api.lists(), 1);
}

#[tokio::test(start_paused = true)]
async fn every_write_makes_the_next_read_ask_anew() {
    for write in OPERATIONS.into_iter().filter(|operation| operation.is_write()) {
        for failures in [vec![], vec![Kind::ConnectionLost]] {
            let api = Arc::new(Scripted::failing(failures.clone()));
            let shared = Shared::new(api.clone());
            let _ = perform(&shared, &call(), write).await;
            let seen = writes_seen(&shared.account(&call()).await.unwrap());
            let _ = perform(&shared, &call(), write).await;
            let then = writes_seen(&shared.account(&call()).await.unwrap());
            assert_eq!(
                (seen, then, api.lists()),
                (1, 2, 2),
                "{write:?} with {failures:?}"
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_read_by_id_leaves_the_list_alone() {
    let (api, shared) = slow();
    shared.account(&call()).await.unwrap();
    shared.find(&call(), "made").await.unwrap();
    shared.account(&call()).await.unwrap();
    assert_eq!(api.lists(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_list_that_was_begun_before_a_write_is_not_served_after_it() {
    let (api, shared) = slow();
    // The list of second 0 is under way while the write of second 2 comes and goes.
    let (first, early, (), late, later) = tokio::join!(
        read_at(&shared, 0),
        read_at(&shared, 1),
        update_at(&shared, 2),
        read_at(&shared, 4),
        read_at(&shared, 5),
    );
    assert_eq!((first, early), (0, 0));
    assert_eq!((late, later), (1, 1));
    // Those that were asked before the write share the first list, those after it the second.
    assert_eq!(api.lists(), 2);
}

#[tokio::test(start_paused = true)]
async fn readers_that_wait_share_the_next_list_whatever_is_written_meanwhile() {
    let (api, shared) = slow();
    // The second list begins at second 10, when the first ends; the second write comes and goes within it.
    let (_, (), one, other, ()) = tokio::join!(
        read_at(&shared, 0),
        update_at(&shared, 2),
        read_at(&shared, 4),
        read_at(&shared, 5),
        update_at(&shared, 12),
    );
    assert_eq!((one, other), (1, 1));
    assert_eq!(api.lists(), 2);
    assert_eq!(read_at(&shared, 0).await, 2);
}

#[tokio::test(start_paused = true)]
async fn a_list_that_was_begun_during_a_write_is_not_served_after_it() {
    let api = Arc::new(Scripted::default().taking(SECOND, 5 * SECOND));
    let shared = Shared::new(api.clone());
    let ((), during, meanwhile, after) = tokio::join!(
        update_at(&shared, 0),
        read_at(&shared, 1),
        read_at(&shared, 3),
        read_at(&shared, 6),
    );
    assert_eq!((during, meanwhile, after), (0, 0, 1));
    assert_eq!(api.lists(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_fresh_list_never_comes_from_memory() {
    let (api, shared) = slow();
    shared.account(&call()).await.unwrap();
    shared.fresh_account(&call()).await.unwrap();
    assert_eq!(api.lists(), 2);
    // What it brought serves the others.
    shared.account(&call()).await.unwrap();
    assert_eq!(api.lists(), 2);
}

#[tokio::test(start_paused = true)]
async fn an_error_is_retried_once_for_all_readers() {
    let api = Arc::new(Scripted::failing([Kind::Timeout, Kind::Timeout, Kind::Timeout]));
    let shared = Arc::new(Shared::new(Retrying::new(api.clone(), 2)));
    let failures = read_all(&shared, 200).await;
    for failure in &failures {
        assert_eq!(failure, &failures[0]);
    }
    assert_eq!(failures[0].as_ref().unwrap_err().attempts, 3);
    assert_eq!(api.lists(), 3);
    // The readers that Terraform starts when the first ones have failed are told the same.
    assert_eq!(read_all(&shared, 10).await[0], failures[0]);
    assert_eq!(api.lists(), 3);
}

#[tokio::test(start_paused = true)]
async fn an_error_does_not_outlive_its_moment() {
    let api = Arc::new(Scripted::failing([Kind::Timeout]));
    let shared = Shared::new(api.clone());
    assert!(shared.account(&call()).await.is_err());
    sleep(9 * SECOND).await;
    assert!(shared.account(&call()).await.is_err());
    sleep(2 * SECOND).await;
    assert!(shared.account(&call()).await.is_ok());
    assert_eq!(api.lists(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_reader_takes_nothing_from_the_others() {
    let (api, shared) = slow();
    let stopped = call();
    let (cancelled, other, ()) = tokio::join!(shared.account(&stopped), read_at(&shared, 1), async {
        sleep(2 * SECOND).await;
        stopped.cancelled.cancel();
    });
    assert_eq!(cancelled.unwrap_err().kind, Kind::Cancelled);
    assert_eq!((other, api.lists()), (0, 2));
}

#[tokio::test(start_paused = true)]
async fn the_error_of_a_reader_that_was_cancelled_between_attempts_is_its_own() {
    let api = Arc::new(Scripted::failing([Kind::Timeout]));
    let shared = Shared::new(Retrying::with_base(api.clone(), 4, 10 * SECOND));
    let stopped = call();
    let (cancelled, ()) = tokio::join!(shared.account(&stopped), async {
        sleep(SECOND).await;
        stopped.cancelled.cancel();
    });
    assert!(cancelled.is_err());
    assert!(shared.account(&call()).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_reader_that_is_dropped_takes_nothing_from_the_others() {
    let (_, shared) = slow();
    let dropped = {
        let shared = shared.clone();
        tokio::spawn(async move { shared.account(&call()).await })
    };
    let (other, ()) = tokio::join!(read_at(&shared, 1), async {
        sleep(2 * SECOND).await;
        dropped.abort();
    });
    assert_eq!(other, 0);
}

#[tokio::test(start_paused = true)]
async fn a_waiting_reader_goes_when_it_is_cancelled_or_its_time_is_up() {
    let (_, shared) = slow();
    let stopped = call();
    let (patient, hasty) = (call(), Call::within(3 * SECOND, CancellationToken::new()));
    let begun = Instant::now();
    let (first, (cancelled, late, fresh), ()) = tokio::join!(
        shared.account(&patient),
        async {
            sleep(SECOND).await;
            let waiting = tokio::join!(
                shared.account(&stopped),
                shared.account(&hasty),
                shared.fresh_account(&stopped)
            );
            assert_eq!(begun.elapsed().as_secs(), 3);
            waiting
        },
        async {
            sleep(2 * SECOND).await;
            stopped.cancelled.cancel();
        }
    );
    assert!(first.is_ok());
    let kinds = [cancelled, late, fresh].map(|result| result.unwrap_err().kind);
    assert_eq!(kinds, [Kind::Cancelled, Kind::DeadlineExceeded, Kind::Cancelled]);
}
