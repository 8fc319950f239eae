//! One list for many reads, and never an old one. Time is paused.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{
    task::JoinSet,
    time::{Instant, sleep},
};
use tokio_util::sync::CancellationToken;

use super::SharedList;
use crate::{Action, Api, Call, Error, Kind, Operation};

const SECOND: Duration = Duration::from_secs(1);

const LIST: Operation = Operation::new(Api::Rest, Action::List, "list", "list them");

/// A kind of objects behind a shared list: a list is the count of writes that it has seen.
struct Shared {
    list: SharedList<usize>,
    /// How the next lists fail; after them all succeed.
    failures: Mutex<VecDeque<Kind>>,
    lists: AtomicUsize,
    written: AtomicUsize,
    list_takes: Duration,
    write_takes: Duration,
}

impl Shared {
    fn taking(list_takes: Duration, write_takes: Duration) -> Arc<Self> {
        Arc::new(Self {
            list: SharedList::new(LIST),
            failures: Mutex::default(),
            lists: AtomicUsize::new(0),
            written: AtomicUsize::new(0),
            list_takes,
            write_takes,
        })
    }

    fn failing(failures: impl IntoIterator<Item = Kind>) -> Arc<Self> {
        let shared = Self::taking(Duration::ZERO, Duration::ZERO);
        shared.failures.lock().unwrap().extend(failures);
        shared
    }

    async fn fetch(&self, call: &Call) -> Result<usize, Error> {
        self.lists.fetch_add(1, Ordering::SeqCst);
        let written = self.written.load(Ordering::SeqCst);
        let failure = self.failures.lock().unwrap().pop_front();
        tokio::select! {
            () = sleep(self.list_takes) => {}
            () = call.cancelled.cancelled() => return Err(Error::interrupted(LIST)),
        }
        failure.map_or(Ok(written), |kind| Err(Error::new(LIST, kind, "scripted")))
    }

    async fn account(&self, call: &Call) -> Result<Arc<usize>, Error> {
        self.list.read(call, self.fetch(call)).await
    }

    async fn fresh_account(&self, call: &Call) -> Result<Arc<usize>, Error> {
        self.list.read_anew(call, self.fetch(call)).await
    }

    async fn write(&self) {
        let _write = self.list.write();
        sleep(self.write_takes).await;
        self.written.fetch_add(1, Ordering::SeqCst);
    }

    fn lists(&self) -> usize {
        self.lists.load(Ordering::SeqCst)
    }
}

fn call() -> Call {
    Call::within(Duration::from_secs(120), CancellationToken::new())
}

/// Lists take ten seconds, writes one.
fn slow() -> Arc<Shared> {
    Shared::taking(10 * SECOND, SECOND)
}

async fn read_all(shared: &Arc<Shared>, readers: usize) -> Vec<Result<Arc<usize>, Error>> {
    let mut reads = JoinSet::new();
    for _ in 0..readers {
        let shared = shared.clone();
        reads.spawn(async move { shared.account(&call()).await });
    }
    reads.join_all().await
}

/// A read that is asked for at this second.
async fn read_at(shared: &Shared, second: u32) -> usize {
    sleep(second * SECOND).await;
    *shared.account(&call()).await.unwrap()
}

/// An update that is asked for at this second.
async fn update_at(shared: &Shared, second: u32) {
    sleep(second * SECOND).await;
    shared.write().await;
}

#[tokio::test(start_paused = true)]
async fn many_readers_share_one_list() {
    let shared = slow();
    assert!(read_all(&shared, 200).await.iter().all(Result::is_ok));
    assert!(read_all(&shared, 200).await.iter().all(Result::is_ok));
    assert_eq!(shared.lists(), 1);
}

#[tokio::test(start_paused = true)]
async fn every_write_makes_the_next_read_ask_anew() {
    let shared = slow();
    shared.account(&call()).await.unwrap();
    for count in 1..3 {
        shared.write().await;
        assert_eq!(*shared.account(&call()).await.unwrap(), count);
    }
    assert_eq!(shared.lists(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_write_that_is_dropped_makes_the_next_read_ask_anew() {
    let shared = slow();
    shared.account(&call()).await.unwrap();
    let _ = tokio::time::timeout(SECOND / 2, shared.write()).await;
    shared.account(&call()).await.unwrap();
    assert_eq!(shared.lists(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_list_that_was_begun_before_a_write_is_not_served_after_it() {
    let shared = slow();
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
    assert_eq!(shared.lists(), 2);
}

#[tokio::test(start_paused = true)]
async fn readers_that_wait_share_the_next_list_whatever_is_written_meanwhile() {
    let shared = slow();
    // The second list begins at second 10, when the first ends; the second write comes and goes within it.
    let (_, (), one, other, ()) = tokio::join!(
        read_at(&shared, 0),
        update_at(&shared, 2),
        read_at(&shared, 4),
        read_at(&shared, 5),
        update_at(&shared, 12),
    );
    assert_eq!((one, other), (1, 1));
    assert_eq!(shared.lists(), 2);
    assert_eq!(read_at(&shared, 0).await, 2);
}

#[tokio::test(start_paused = true)]
async fn a_list_that_was_begun_during_a_write_is_not_served_after_it() {
    let shared = Shared::taking(SECOND, 5 * SECOND);
    let ((), during, meanwhile, after) = tokio::join!(
        update_at(&shared, 0),
        read_at(&shared, 1),
        read_at(&shared, 3),
        read_at(&shared, 6),
    );
    assert_eq!((during, meanwhile, after), (0, 0, 1));
    assert_eq!(shared.lists(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_fresh_list_never_comes_from_memory() {
    let shared = slow();
    shared.account(&call()).await.unwrap();
    shared.fresh_account(&call()).await.unwrap();
    assert_eq!(shared.lists(), 2);
    // What it brought serves the others.
    shared.account(&call()).await.unwrap();
    assert_eq!(shared.lists(), 2);
}

#[tokio::test(start_paused = true)]
async fn an_error_is_one_for_all_readers() {
    let shared = Shared::failing([Kind::Timeout]);
    let failures = read_all(&shared, 200).await;
    assert!(failures.iter().all(|failure| failure == &failures[0]));
    // The readers that Terraform starts when the first ones have failed are told the same.
    assert_eq!(read_all(&shared, 10).await[0], failures[0]);
    assert_eq!(failures[0].as_ref().unwrap_err().kind, Kind::Timeout);
    assert_eq!(shared.lists(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_error_does_not_outlive_its_moment() {
    let shared = Shared::failing([Kind::Timeout]);
    assert!(shared.account(&call()).await.is_err());
    sleep(9 * SECOND).await;
    assert!(shared.account(&call()).await.is_err());
    sleep(2 * SECOND).await;
    assert!(shared.account(&call()).await.is_ok());
    assert_eq!(shared.lists(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_reader_takes_nothing_from_the_others() {
    let shared = slow();
    let stopped = call();
    let (cancelled, other, ()) = tokio::join!(shared.account(&stopped), read_at(&shared, 1), async {
        sleep(2 * SECOND).await;
        stopped.cancelled.cancel();
    });
    assert_eq!(cancelled.unwrap_err().kind, Kind::Cancelled);
    assert_eq!((other, shared.lists()), (0, 2));
}

#[tokio::test(start_paused = true)]
async fn the_error_of_a_reader_that_was_cancelled_is_its_own() {
    let shared = Shared::failing([Kind::Timeout]);
    let stopped = call();
    stopped.cancelled.cancel();
    // It has failed by itself, too, and yet nobody else is told.
    let fetch = async { Err(Error::new(LIST, Kind::Timeout, "scripted")) };
    let mut kept = shared.list.kept.try_lock().unwrap();
    assert!(shared.list.fetch(&stopped, &mut kept, fetch).await.is_err());
    assert!(kept.is_none());
}

#[tokio::test(start_paused = true)]
async fn a_reader_that_is_dropped_takes_nothing_from_the_others() {
    let shared = slow();
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
    let shared = slow();
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
