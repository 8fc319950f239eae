//! The compound operations against calls in memory: gone means gone, idempotent deletion, updates that change only what
//! they name. Time is paused, so that waits take none.

use crate::{
    Collection, ContainerWrite, EndpointWrite, Kind,
    graphql::calls::LIST_CAP,
    graphql::fake::{Fake, Fate, call, row},
};

#[tokio::test(start_paused = true)]
async fn an_endpoint_that_the_list_shows_is_never_gone() {
    let (fake, endpoints) = Fake::with([row("here", "sdxl")]).endpoints();
    *fake.blind.lock().unwrap() = 9;
    let failure = endpoints.find(&call(), "here").await.unwrap_err();
    assert_eq!(failure.kind, Kind::TryAgainLater);
}

#[tokio::test(start_paused = true)]
async fn a_read_by_id_that_fails_once_proves_nothing() {
    let (fake, endpoints) = Fake::with([row("here", "sdxl")]).endpoints();
    *fake.blind.lock().unwrap() = 1;
    assert!(endpoints.find(&call(), "here").await.unwrap().is_some());
    assert!(endpoints.find(&call(), "missing").await.unwrap().is_none());
}

#[tokio::test(start_paused = true)]
async fn beyond_the_cap_a_working_read_by_id_must_vouch() {
    let rows = (0..=LIST_CAP).map(|number| row(&format!("id{number}"), "sdxl"));
    let (fake, endpoints) = Fake::with(rows).endpoints();
    let newest = format!("id{LIST_CAP}");
    assert!(endpoints.find(&call(), "missing").await.unwrap().is_none());
    assert!(endpoints.find(&call(), &newest).await.unwrap().is_some());
    *fake.blind.lock().unwrap() = 9;
    assert!(endpoints.find(&call(), &newest).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn deletion_sets_workers_to_zero_first_and_is_idempotent() {
    let (fake, endpoints) = Fake::with([row("here", "sdxl")]).endpoints();
    endpoints.delete(&call(), "here").await.unwrap();
    assert_eq!(*fake.writes.lock().unwrap(), ["update", "delete"]);
    endpoints.delete(&call(), "here").await.unwrap();
    assert_eq!(fake.writes.lock().unwrap().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn deletion_outlasts_lost_answers_and_refusals() {
    let fates = [Fate::AnswerLost, Fate::Refused, Fate::Lost, Fate::AnswerLost];
    let (fake, endpoints) = Fake::with([row("here", "sdxl")]).fates(fates).endpoints();
    // A lost update is the retry layer's to repeat; without it the failure is told.
    assert!(endpoints.delete(&call(), "here").await.is_err());
    endpoints.delete(&call(), "here").await.unwrap();
    assert!(fake.ids().is_empty());
}

#[tokio::test(start_paused = true)]
async fn deletion_gives_up_when_there_is_no_worker_to_wait_for() {
    let (fake, endpoints) = Fake::with([row("here", "sdxl")])
        .fates([Fate::Done].into_iter().chain([Fate::Refused; 20]))
        .endpoints();
    assert!(endpoints.delete(&call(), "here").await.is_err());
    assert_eq!(fake.ids(), ["here"]);
}

#[tokio::test(start_paused = true)]
async fn deletion_outlasts_reads_that_do_not_add_up() {
    let (fake, endpoints) = Fake::with([row("here", "sdxl")]).endpoints();
    *fake.blind.lock().unwrap() = 5;
    endpoints.delete(&call(), "here").await.unwrap();
    assert!(fake.ids().is_empty());
}

#[tokio::test(start_paused = true)]
async fn deletion_does_not_wait_for_ever_for_reads_to_add_up() {
    let (fake, endpoints) = Fake::with([row("here", "sdxl")]).endpoints();
    *fake.blind.lock().unwrap() = usize::MAX;
    let failure = endpoints.delete(&call(), "here").await.unwrap_err();
    assert_eq!(failure.kind, Kind::TryAgainLater);
    assert_eq!(fake.ids(), ["here"]);
}

#[tokio::test(start_paused = true)]
async fn a_list_that_is_older_than_the_reads_keeps_nothing_alive() {
    let (fake, endpoints) = Fake::with([row("here", "sdxl")]).endpoints();
    endpoints.list(&call()).await.unwrap();
    fake.rows.lock().unwrap().clear();
    let found = endpoints.find(&call(), "here").await.unwrap();
    assert_eq!(found, None);
}

#[tokio::test(start_paused = true)]
async fn an_update_sends_what_differs_and_nothing_where_nothing_does() {
    let (fake, endpoints) = Fake::with([row("here", "sdxl")]).endpoints();
    let fresh = endpoints.find(&call(), "here").await.unwrap().unwrap();
    let same = EndpointWrite {
        name: Some("sdxl".to_owned()),
        template_id: Some("xkhgg72fuo".to_owned()),
        workers_max: Some(3),
        locations: Some(vec![]),
        min_cuda_version: Some(String::new()),
        ..EndpointWrite::default()
    };
    let now = endpoints.update(&call(), &fresh, &same).await.unwrap();
    assert_eq!((&now, fake.writes.lock().unwrap().len()), (&fresh, 0));
    let template = EndpointWrite {
        template_id: Some("another".to_owned()),
        ..EndpointWrite::default()
    };
    let now = endpoints.update(&call(), &fresh, &template).await.unwrap();
    assert_eq!(now.template_id.as_deref(), Some("another"));
    assert_eq!(*fake.writes.lock().unwrap(), ["switch"]);
    let both = EndpointWrite {
        template_id: Some("a third".to_owned()),
        workers_max: Some(7),
        ..EndpointWrite::default()
    };
    let now = endpoints.update(&call(), &fresh, &both).await.unwrap();
    assert_eq!(now.workers_max, Some(7));
    assert_eq!(*fake.writes.lock().unwrap(), ["switch", "switch", "update"]);
    let saved = fake.saved.lock().unwrap().pop().unwrap();
    assert_eq!(
        (saved.template_id.as_deref(), saved.name.as_str()),
        (Some("a third"), "sdxl")
    );
}

#[tokio::test(start_paused = true)]
async fn an_update_on_top_of_a_list_reads_by_id_what_the_list_does_not_tell() {
    let (fake, endpoints) = Fake::with([row("here", "sdxl")]).endpoints();
    let listed = endpoints.get(&call(), "here").await.unwrap().unwrap();
    let write = EndpointWrite {
        workers_max: Some(7),
        ..EndpointWrite::default()
    };
    endpoints.update(&call(), &listed, &write).await.unwrap();
    let saved = fake.saved.lock().unwrap().pop().unwrap();
    assert!(
        saved.request_ttl.is_some(),
        "what only a read by id gives goes along"
    );
    fake.rows.lock().unwrap().clear();
    let failure = endpoints.update(&call(), &listed, &write).await.unwrap_err();
    assert_eq!(failure.kind, Kind::NotFound);
}

#[tokio::test(start_paused = true)]
async fn what_graphql_cannot_hold_is_refused_and_not_dropped() {
    let (fake, endpoints) = Fake::with([row("here", "sdxl")]).endpoints();
    let fresh = endpoints.find(&call(), "here").await.unwrap().unwrap();
    let write = EndpointWrite {
        name: Some("flux".to_owned()),
        container: ContainerWrite {
            image: Some("a".to_owned()),
            ..ContainerWrite::default()
        },
        ..EndpointWrite::default()
    };
    let failures = [
        endpoints.create(&call(), &write).await.unwrap_err(),
        endpoints.update(&call(), &fresh, &write).await.unwrap_err(),
    ];
    for failure in failures {
        assert_eq!((&failure.kind, failure.is_ambiguous()), (&Kind::Schema, false));
        assert!(failure.message.contains("image"), "{failure}");
    }
    assert!(fake.writes.lock().unwrap().is_empty());
    let none = EndpointWrite {
        container: ContainerWrite {
            image: Some(String::new()),
            ports: Some(vec![]),
            ..ContainerWrite::default()
        },
        ..EndpointWrite::default()
    };
    assert_eq!(endpoints.update(&call(), &fresh, &none).await.unwrap(), fresh);
}

#[tokio::test(start_paused = true)]
async fn a_save_whose_answer_does_not_show_the_endpoint_is_read_and_not_repeated() {
    for answered in ["another", ""] {
        let (fake, endpoints) = Fake::with([row("here", "sdxl")])
            .fates([Fate::AnsweredWith(answered)])
            .endpoints();
        let fresh = endpoints.find(&call(), "here").await.unwrap().unwrap();
        let write = EndpointWrite {
            workers_max: Some(5),
            ..EndpointWrite::default()
        };
        let now = endpoints.update(&call(), &fresh, &write).await.unwrap();
        assert_eq!((now.id.as_str(), now.workers_max), ("here", Some(5)));
        assert_eq!(*fake.writes.lock().unwrap(), ["update"]);
    }
}
