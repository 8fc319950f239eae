//! One endpoint for one create, against an API in memory. Time is paused, so that waits take none.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::sync::atomic::{AtomicU32, Ordering};

use super::{
    EndpointWrite,
    creation::{Api, Created, Creator, Failure, How},
    graphql::fake::{Fake, Fate, call, row},
    journal::Journal,
};

fn input(name: &str) -> EndpointWrite {
    EndpointWrite {
        name: Some(name.to_owned()),
        template_id: Some("xkhgg72fuo".to_owned()),
        ..EndpointWrite::default()
    }
}

/// The creator of a run of its own.
fn creator(directory: &tempfile::TempDir) -> Creator {
    static RUNS: AtomicU32 = AtomicU32::new(0);
    let run = RUNS.fetch_add(1, Ordering::Relaxed).to_string();
    Creator::new(Journal::in_run(directory.path(), "account", "default", run))
}

async fn create(endpoints: Api<'_>) -> Result<Created, Failure> {
    creator(&tempfile::tempdir().unwrap())
        .create(endpoints, &call(), &input("sdxl"))
        .await
}

#[tokio::test(start_paused = true)]
async fn a_create_whose_answer_was_lost_is_found_again() {
    let (fake, endpoints) = Fake::with([row("foreign", "sdxl")])
        .fates([Fate::AnswerLost])
        .endpoints();
    let created = create(&endpoints).await.unwrap();
    assert_eq!(
        (created.endpoint.id.as_str(), created.how),
        ("made1", How::FoundAgain)
    );
    assert_eq!(*fake.writes.lock().unwrap(), ["create"]);
}

#[tokio::test(start_paused = true)]
async fn a_create_that_may_not_have_happened_is_not_repeated() {
    let (fake, endpoints) = Fake::with([row("foreign", "sdxl")])
        .fates([Fate::Lost])
        .endpoints();
    assert!(matches!(create(&endpoints).await, Err(Failure::Unknown(..))));
    assert_eq!(*fake.writes.lock().unwrap(), ["create"]);
}

#[tokio::test(start_paused = true)]
async fn a_create_that_appears_late_is_adopted_by_the_next_run() {
    let directory = tempfile::tempdir().unwrap();
    let (fake, endpoints) = Fake::with([row("foreign", "sdxl")])
        .fates([Fate::Lost])
        .endpoints();
    assert!(
        creator(&directory)
            .create(&endpoints, &call(), &input("sdxl"))
            .await
            .is_err()
    );
    fake.rows.lock().unwrap().push(row("late", "sdxl"));
    let created = creator(&directory)
        .create(&endpoints, &call(), &input("sdxl"))
        .await
        .unwrap();
    assert_eq!(
        (created.endpoint.id.as_str(), created.how),
        ("late", How::FromAnEarlierRun)
    );
    // It is adopted once; then it is another endpoint's turn.
    creator(&directory).seen("late");
    let created = creator(&directory)
        .create(&endpoints, &call(), &input("sdxl"))
        .await
        .unwrap();
    assert_eq!(
        (created.endpoint.id.as_str(), created.how),
        ("made2", How::Answered)
    );
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_that_a_lagging_list_did_not_show_is_not_taken_from_its_owner() {
    let directory = tempfile::tempdir().unwrap();
    let (fake, endpoints) = Fake::default().fates([Fate::Lost]).endpoints();
    let earlier = creator(&directory);
    earlier.seen("siblings");
    assert!(earlier.create(&endpoints, &call(), &input("sdxl")).await.is_err());
    fake.rows.lock().unwrap().push(row("siblings", "sdxl"));
    let created = creator(&directory)
        .create(&endpoints, &call(), &input("sdxl"))
        .await
        .unwrap();
    assert_eq!(
        (created.endpoint.id.as_str(), created.how),
        ("made1", How::Answered)
    );
}

#[tokio::test(start_paused = true)]
async fn a_refused_create_leaves_nothing_to_adopt() {
    let directory = tempfile::tempdir().unwrap();
    let (fake, endpoints) = Fake::default().fates([Fate::Refused]).endpoints();
    assert!(matches!(
        creator(&directory)
            .create(&endpoints, &call(), &input("sdxl"))
            .await,
        Err(Failure::Nothing(_))
    ));
    fake.rows.lock().unwrap().push(row("foreign", "sdxl"));
    let created = creator(&directory)
        .create(&endpoints, &call(), &input("sdxl"))
        .await
        .unwrap();
    assert_eq!(created.how, How::Answered);
}

#[tokio::test(start_paused = true)]
async fn two_new_endpoints_that_match_are_both_named() {
    let directory = tempfile::tempdir().unwrap();
    let (fake, endpoints) = Fake::default().fates([Fate::Lost]).endpoints();
    assert!(
        creator(&directory)
            .create(&endpoints, &call(), &input("sdxl"))
            .await
            .is_err()
    );
    fake.rows
        .lock()
        .unwrap()
        .extend([row("one", "sdxl"), row("two", "sdxl")]);
    let Err(Failure::Several(ids, _)) = creator(&directory)
        .create(&endpoints, &call(), &input("sdxl"))
        .await
    else {
        panic!("one of two was adopted");
    };
    assert_eq!(ids, ["one", "two"]);
}

#[tokio::test(start_paused = true)]
async fn creates_of_one_name_never_share_an_endpoint() {
    let directory = tempfile::tempdir().unwrap();
    let creator = creator(&directory);
    let (_, endpoints) = Fake::default()
        .fates([Fate::AnswerLost, Fate::AnswerLost])
        .endpoints();
    let (call, input) = (call(), input("sdxl"));
    let (one, two) = tokio::join!(
        creator.create(&endpoints, &call, &input),
        creator.create(&endpoints, &call, &input)
    );
    let mut ids = [one.unwrap().endpoint.id.clone(), two.unwrap().endpoint.id.clone()];
    ids.sort();
    assert_eq!(ids, ["made0", "made1"]);
}

#[tokio::test(start_paused = true)]
async fn a_stopped_create_still_looks_once_for_what_it_made() {
    let stopped = call();
    let (fake, endpoints) = Fake::default().fates([Fate::AnswerLost]).endpoints();
    *fake.stops.lock().unwrap() = Some(stopped.cancelled.clone());
    let directory = tempfile::tempdir().unwrap();
    let created = creator(&directory)
        .create(&endpoints, &stopped, &input("sdxl"))
        .await
        .unwrap();
    assert_eq!(created.endpoint.id.as_str(), "made0");
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_that_is_being_adopted_stays_in_the_journal_whatever_its_siblings_do() {
    let directory = tempfile::tempdir().unwrap();
    let (fake, endpoints) = Fake::default().endpoints();
    creator(&directory)
        .create(&endpoints, &call(), &input("sdxl"))
        .await
        .unwrap();
    // Neither run lives to see its answers delivered.
    let second = creator(&directory);
    let (call, input) = (call(), input("sdxl"));
    let adopted = second.create(&endpoints, &call, &input).await.unwrap();
    let sibling = second.create(&endpoints, &call, &input).await.unwrap();
    assert_eq!((adopted.how, sibling.how), (How::FromAnEarlierRun, How::Answered));
    let third = creator(&directory);
    let mut ids = Vec::new();
    for _ in 0..2 {
        let again = third.create(&endpoints, &call, &input).await.unwrap();
        assert_eq!(again.how, How::FromAnEarlierRun);
        ids.push(again.endpoint.id.clone());
    }
    ids.sort();
    assert_eq!(ids, fake.ids());
}
