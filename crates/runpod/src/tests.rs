//! The compound operations against an API in memory: gone means gone, idempotent deletion. Time is paused, so that
//! waits take none.
#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use super::{
    EndpointsApi, Kind, LIST_CAP, deletion,
    fake::{Fake, Fate, call, row},
    presence,
    snapshot::Shared,
};

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
async fn a_list_that_is_older_than_the_reads_keeps_nothing_alive() {
    let fake = Arc::new(Fake::with([row("here", "sdxl")]));
    let shared = Shared::new(fake.clone());
    shared.account(&call()).await.unwrap();
    fake.rows.lock().unwrap().clear();
    let found = presence::look_up(&shared, &call(), "here").await.unwrap();
    assert_eq!(found, None);
}
