//! The compound operations against an API in memory: one endpoint for one create, gone means gone, idempotent
//! deletion. Time is paused, so that waits take none.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use tokio_util::sync::CancellationToken;

use super::{
    Call, EndpointInput, EndpointsApi, Kind, LIST_CAP,
    creation::{Created, Creator, Failure, How},
    deletion,
    fake::{Fake, Fate, call, row},
    journal::Journal,
    presence,
    snapshot::Shared,
};

fn input(name: &str) -> EndpointInput {
    EndpointInput {
        name: name.to_owned(),
        template_id: Some("xkhgg72fuo".to_owned()),
        ..EndpointInput::default()
    }
}

/// The creator of a run of its own.
fn creator(directory: &tempfile::TempDir) -> Creator {
    static RUNS: AtomicU32 = AtomicU32::new(0);
    let run = RUNS.fetch_add(1, Ordering::Relaxed).to_string();
    Creator::new(Journal::in_run(directory.path(), "account", "default", run))
}

async fn create(fake: &Fake) -> Result<Created, Failure> {
    creator(&tempfile::tempdir().unwrap())
        .create(fake, &call(), &input("sdxl"))
        .await
}

#[tokio::test(start_paused = true)]
async fn a_create_whose_answer_was_lost_is_found_again() {
    let fake = Fake::with([row("foreign", "sdxl")]).fates([Fate::AnswerLost]);
    let created = create(&fake).await.unwrap();
    assert_eq!((created.endpoint.id(), created.how), ("made1", How::FoundAgain));
    assert_eq!(*fake.writes.lock().unwrap(), ["create"]);
}

#[tokio::test(start_paused = true)]
async fn a_create_that_may_not_have_happened_is_not_repeated() {
    let fake = Fake::with([row("foreign", "sdxl")]).fates([Fate::Lost]);
    assert!(matches!(create(&fake).await, Err(Failure::Unknown(..))));
    assert_eq!(*fake.writes.lock().unwrap(), ["create"]);
}

#[tokio::test(start_paused = true)]
async fn a_create_that_appears_late_is_adopted_by_the_next_run() {
    let directory = tempfile::tempdir().unwrap();
    let fake = Fake::with([row("foreign", "sdxl")]).fates([Fate::Lost]);
    assert!(
        creator(&directory)
            .create(&fake, &call(), &input("sdxl"))
            .await
            .is_err()
    );
    fake.rows.lock().unwrap().push(row("late", "sdxl"));
    let created = creator(&directory)
        .create(&fake, &call(), &input("sdxl"))
        .await
        .unwrap();
    assert_eq!(
        (created.endpoint.id(), created.how),
        ("late", How::FromAnEarlierRun)
    );
    // It is adopted once; then it is another endpoint's turn.
    creator(&directory).seen("late");
    let created = creator(&directory)
        .create(&fake, &call(), &input("sdxl"))
        .await
        .unwrap();
    assert_eq!((created.endpoint.id(), created.how), ("made2", How::Answered));
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_that_a_lagging_list_did_not_show_is_not_taken_from_its_owner() {
    let directory = tempfile::tempdir().unwrap();
    let fake = Fake::default().fates([Fate::Lost]);
    let earlier = creator(&directory);
    earlier.seen("siblings");
    assert!(earlier.create(&fake, &call(), &input("sdxl")).await.is_err());
    fake.rows.lock().unwrap().push(row("siblings", "sdxl"));
    let created = creator(&directory)
        .create(&fake, &call(), &input("sdxl"))
        .await
        .unwrap();
    assert_eq!((created.endpoint.id(), created.how), ("made1", How::Answered));
}

#[tokio::test(start_paused = true)]
async fn a_refused_create_leaves_nothing_to_adopt() {
    let directory = tempfile::tempdir().unwrap();
    let fake = Fake::default().fates([Fate::Refused]);
    assert!(matches!(
        creator(&directory).create(&fake, &call(), &input("sdxl")).await,
        Err(Failure::Nothing(_))
    ));
    fake.rows.lock().unwrap().push(row("foreign", "sdxl"));
    let created = creator(&directory)
        .create(&fake, &call(), &input("sdxl"))
        .await
        .unwrap();
    assert_eq!(created.how, How::Answered);
}

#[tokio::test(start_paused = true)]
async fn two_new_endpoints_that_match_are_both_named() {
    let directory = tempfile::tempdir().unwrap();
    let fake = Fake::default().fates([Fate::Lost]);
    assert!(
        creator(&directory)
            .create(&fake, &call(), &input("sdxl"))
            .await
            .is_err()
    );
    fake.rows
        .lock()
        .unwrap()
        .extend([row("one", "sdxl"), row("two", "sdxl")]);
    let Err(Failure::Several(ids, _)) = creator(&directory).create(&fake, &call(), &input("sdxl")).await
    else {
        panic!("one of two was adopted");
    };
    assert_eq!(ids, ["one", "two"]);
}

#[tokio::test(start_paused = true)]
async fn creates_of_one_name_never_share_an_endpoint() {
    let directory = tempfile::tempdir().unwrap();
    let creator = creator(&directory);
    let fake = Fake::default().fates([Fate::AnswerLost, Fate::AnswerLost]);
    let (call, input) = (call(), input("sdxl"));
    let (one, two) = tokio::join!(
        creator.create(&fake, &call, &input),
        creator.create(&fake, &call, &input)
    );
    let mut ids = [
        one.unwrap().endpoint.id().to_owned(),
        two.unwrap().endpoint.id().to_owned(),
    ];
    ids.sort();
    assert_eq!(ids, ["made0", "made1"]);
}

#[tokio::test(start_paused = true)]
async fn a_stopped_create_still_looks_once_for_what_it_made() {
    let cancelled = CancellationToken::new();
    cancelled.cancel();
    let stopped = Call { cancelled, ..call() };
    let fake = Fake::default().fates([Fate::AnswerLost]);
    let directory = tempfile::tempdir().unwrap();
    let created = creator(&directory)
        .create(&fake, &stopped, &input("sdxl"))
        .await
        .unwrap();
    assert_eq!(created.endpoint.id(), "made0");
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_that_the_list_shows_is_never_gone() {
    let fake = Fake::with([row("here", "sdxl")]);
    *fake.blind.lock().unwrap() = 9;
    let failure = presence::look_up(&fake, &call(), "here").await.unwrap_err();
    assert_eq!(failure.kind, Kind::TryAgainLater);
}

#[tokio::test(start_paused = true)]
async fn a_read_by_id_that_fails_once_proves_nothing() {
    let fake = Fake::with([row("here", "sdxl")]);
    *fake.blind.lock().unwrap() = 1;
    assert!(presence::look_up(&fake, &call(), "here").await.unwrap().is_some());
    assert!(
        presence::look_up(&fake, &call(), "missing")
            .await
            .unwrap()
            .is_none()
    );
}

#[tokio::test(start_paused = true)]
async fn beyond_the_cap_a_working_read_by_id_must_vouch() {
    let rows = (0..=LIST_CAP).map(|number| row(&format!("id{number}"), "sdxl"));
    let fake = Fake::with(rows);
    let newest = format!("id{LIST_CAP}");
    assert!(
        presence::look_up(&fake, &call(), "missing")
            .await
            .unwrap()
            .is_none()
    );
    assert!(
        presence::look_up(&fake, &call(), &newest)
            .await
            .unwrap()
            .is_some()
    );
    *fake.blind.lock().unwrap() = 9;
    assert!(presence::look_up(&fake, &call(), &newest).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn deletion_sets_workers_to_zero_first_and_is_idempotent() {
    let fake = Fake::with([row("here", "sdxl")]);
    deletion::delete(&fake, &call(), "here").await.unwrap();
    assert_eq!(*fake.writes.lock().unwrap(), ["update", "delete"]);
    deletion::delete(&fake, &call(), "here").await.unwrap();
    assert_eq!(fake.writes.lock().unwrap().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn deletion_outlasts_lost_answers_and_refusals() {
    let fates = [Fate::AnswerLost, Fate::Refused, Fate::Lost, Fate::AnswerLost];
    let fake = Fake::with([row("here", "sdxl")]).fates(fates);
    // A lost update is the retry layer's to repeat; without it the failure is told.
    assert!(deletion::delete(&fake, &call(), "here").await.is_err());
    deletion::delete(&fake, &call(), "here").await.unwrap();
    assert!(fake.ids().is_empty());
}

#[tokio::test(start_paused = true)]
async fn deletion_gives_up_when_there_is_no_worker_to_wait_for() {
    let fake = Fake::with([row("here", "sdxl")]).fates([Fate::Done].into_iter().chain([Fate::Refused; 20]));
    assert!(deletion::delete(&fake, &call(), "here").await.is_err());
    assert_eq!(fake.ids(), ["here"]);
}

#[tokio::test(start_paused = true)]
async fn deletion_outlasts_reads_that_do_not_add_up() {
    let fake = Fake::with([row("here", "sdxl")]);
    *fake.blind.lock().unwrap() = 5;
    deletion::delete(&fake, &call(), "here").await.unwrap();
    assert!(fake.ids().is_empty());
}

#[tokio::test(start_paused = true)]
async fn deletion_does_not_wait_for_ever_for_reads_to_add_up() {
    let fake = Fake::with([row("here", "sdxl")]);
    *fake.blind.lock().unwrap() = usize::MAX;
    let failure = deletion::delete(&fake, &call(), "here").await.unwrap_err();
    assert_eq!(failure.kind, Kind::TryAgainLater);
    assert_eq!(fake.ids(), ["here"]);
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_that_is_being_adopted_stays_in_the_journal_whatever_its_siblings_do() {
    let directory = tempfile::tempdir().unwrap();
    let fake = Fake::default();
    creator(&directory)
        .create(&fake, &call(), &input("sdxl"))
        .await
        .unwrap();
    // Neither run lives to see its answers delivered.
    let second = creator(&directory);
    let (call, input) = (call(), input("sdxl"));
    let adopted = second.create(&fake, &call, &input).await.unwrap();
    let sibling = second.create(&fake, &call, &input).await.unwrap();
    assert_eq!((adopted.how, sibling.how), (How::FromAnEarlierRun, How::Answered));
    let third = creator(&directory);
    let mut ids = Vec::new();
    for _ in 0..2 {
        let again = third.create(&fake, &call, &input).await.unwrap();
        assert_eq!(again.how, How::FromAnEarlierRun);
        ids.push(again.endpoint.id().to_owned());
    }
    ids.sort();
    assert_eq!(ids, fake.ids());
}

#[tokio::test(start_paused = true)]
async fn a_list_that_is_older_than_the_reads_keeps_nothing_alive() {
    let fake = Arc::new(Fake::with([row("here", "sdxl")]));
    let shared = Shared::new(fake.clone());
    shared.account(&call()).await.unwrap();
    fake.rows.lock().unwrap().clear();
    let found = presence::look_up(&shared, &call(), "here").await.unwrap();
    assert_eq!(found, None);
}
