//! The table of the create, row by row, on a kind of object and a journal in memory. Time is paused.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::{sync::Arc, time::Duration};

use tokio_util::sync::CancellationToken;

use super::{
    Account, Bearer, Created, Creator, Failure, How, LASTS_AFTER_SILENCE, Open, State, Suspect, Unseen,
    WaitingFor, Warning, Why,
    fake::{Fake, Fate, Notes, Row, UNKNOWN_REFUSAL, call},
};
use crate::{Api, Call, Kind, Refusal, collection::Collection};

const NOW: Duration = Duration::ZERO;

async fn create_in(creator: &Creator, fake: &Fake, call: &Call) -> Result<Created<Row>, Failure> {
    let write = ("data".to_owned(), "1".to_owned());
    creator.create(fake, call, "data", &write).await
}

/// A create of a run of its own.
async fn create(notes: &Notes, run: u32, fake: &Fake) -> Result<Created<Row>, Failure> {
    create_in(&creator(notes, run), fake, &call(600)).await
}

fn creator(notes: &Notes, run: u32) -> Creator {
    Creator::at(Arc::new(notes.run(run)), notes.clock.clone())
}

/// A create of the first run whose process is killed before an answer. Its object shows after this time, if at all.
async fn killed(notes: &Notes, fake: &Fake, made: Option<Duration>) {
    fake.fates.lock().unwrap().push_front(Fate::Unanswered(made));
    let (first, long) = (creator(notes, 1), call(600));
    tokio::select! {
        _ = create_in(&first, fake, &long) => {}
        () = tokio::time::sleep(Duration::from_millis(1)) => {}
    }
    notes.kill();
}

fn told(created: &Created<Row>) -> Option<(&str, bool, bool)> {
    match created.warnings.as_slice() {
        [Warning::Adopted { open, id, is_certain }] => Some((id, open.earlier_run, *is_certain)),
        _ => None,
    }
}

fn doubt(ended: Result<Created<Row>, Failure>) -> (Open, Vec<(String, Why)>) {
    let Err(Failure::Doubt(open, suspects)) = ended else {
        panic!("there is no doubt: {ended:?}");
    };
    let named = |Suspect { id, why, .. }: Suspect| (id, why);
    (open, suspects.into_iter().map(named).collect())
}

#[tokio::test(start_paused = true)]
async fn row_1_what_cannot_be_noted_is_not_sent() {
    let (notes, fake) = (Notes::default(), Fake::default());
    let creator = Creator::at(Arc::new(notes.run(1).full()), notes.clock.clone());
    let failure = create_in(&creator, &fake, &call(600)).await.unwrap_err();
    let Failure::NotNoted(not_noted) = failure else {
        panic!("{failure:?}");
    };
    assert_eq!((not_noted.cause.as_str(), fake.creates()), ("full", 0));
}

#[tokio::test(start_paused = true)]
async fn row_2_an_answered_create_is_noted_until_terraform_has_it() {
    let (notes, fake) = (Notes::default(), Fake::default());
    let created = create(&notes, 1, &fake).await.unwrap();
    assert_eq!((created.how, created.warnings.len()), (How::Answered, 0));
    let id = created.object.id;
    assert_eq!(notes.all()[0].state, State::Made { id: id.clone() });
    creator(&notes, 2).seen(&id);
    assert!(notes.all().is_empty());
}

#[tokio::test(start_paused = true)]
async fn row_3_a_known_refusal_made_nothing() {
    for kind in [
        Kind::Refused(Refusal::BALANCE),
        Kind::Credential,
        Kind::Unreachable,
    ] {
        let (notes, fake) = (Notes::default(), Fake::fating([Fate::Fails(kind)]));
        assert!(matches!(create(&notes, 1, &fake).await, Err(Failure::Nothing(_))));
        assert!(notes.all().is_empty());
        assert_eq!(fake.lists(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn row_3_what_a_refusal_did_not_make_is_nobodys_to_take() {
    // A colleague makes an equal one in the very time of the create.
    for kind in [UNKNOWN_REFUSAL, Kind::Refused(Refusal::NAME_TAKEN)] {
        let (notes, fake) = (Notes::default(), Fake::fating([Fate::DoneBut(kind)]));
        let ended = create(&notes, 1, &fake).await;
        let Err(Failure::NameBorne(_, bearers)) = ended else {
            panic!("{ended:?}");
        };
        let bearer = Bearer {
            id: "id0".to_owned(),
            is_in_a_state: false,
        };
        assert_eq!((bearers, notes.all().len()), (vec![bearer], 0));
    }
}

#[tokio::test(start_paused = true)]
async fn row_3_who_bears_the_name_is_told_with_what_is_in_a_state() {
    let (notes, fake) = (Notes::default(), Fake::fating([Fate::Fails(UNKNOWN_REFUSAL)]));
    let own = fake.add("data", "2");
    fake.add("another", "1");
    let creator = creator(&notes, 1);
    creator.seen(&own);
    let ended = create_in(&creator, &fake, &call(600)).await;
    let Err(Failure::NameBorne(_, bearers)) = ended else {
        panic!("{ended:?}");
    };
    let bearer = Bearer {
        id: own,
        is_in_a_state: true,
    };
    assert_eq!(bearers, [bearer]);
}

#[tokio::test(start_paused = true)]
async fn row_4_a_refusal_that_proves_nothing_may_have_made_it() {
    let graphql = Fake {
        api: Api::GraphQl,
        ..Fake::fating([Fate::DoneBut(UNKNOWN_REFUSAL)])
    };
    let repeated = |kind| Fake {
        attempts: 2,
        ..Fake::fating([Fate::DoneBut(kind)])
    };
    let name_taken = Kind::Refused(Refusal::NAME_TAKEN);
    for fake in [graphql, repeated(UNKNOWN_REFUSAL), repeated(name_taken)] {
        let notes = Notes::default();
        let created = create(&notes, 1, &fake).await.unwrap();
        assert_eq!(created.how, How::FoundAgain);
        assert_eq!(told(&created), Some(("id0", false, false)));
    }
}

#[tokio::test(start_paused = true)]
async fn row_5_such_a_refusal_is_looked_up_once() {
    for is_capped in [false, true] {
        // A list that is cut is no reason to doubt a refusal.
        let fake = Fake {
            attempts: 2,
            is_capped,
            ..Fake::fating([Fate::Fails(UNKNOWN_REFUSAL)])
        };
        let notes = Notes::default();
        assert!(matches!(create(&notes, 1, &fake).await, Err(Failure::Nothing(_))));
        // Before, for what it made, and for who bears the name.
        assert_eq!((notes.all().len(), fake.lists()), (0, 3));
    }
}

#[tokio::test(start_paused = true)]
async fn row_6_a_lost_answer_is_found_again_told_and_watched() {
    let (notes, fake) = (Notes::default(), Fake::fating([Fate::Lost(NOW)]));
    let foreign = fake.add("data", "1");
    let created = create(&notes, 1, &fake).await.unwrap();
    assert_ne!(created.object.id, foreign);
    assert_eq!(created.how, How::FoundAgain);
    assert_eq!(told(&created), Some(("id1", false, false)));
    assert_eq!(fake.creates(), 1);

    // What was taken may be a colleague's, and its own shows later: then that is told.
    creator(&notes, 2).seen("id1");
    assert_eq!(notes.all()[0].state, State::Watched);
    assert!(creator(&notes, 3).review(&fake, &call(9)).await.is_empty());
    fake.add("data", "1");
    let warnings = creator(&notes, 4).review(&fake, &call(9)).await;
    let [Warning::Unsettled { suspects, .. }] = warnings.as_slice() else {
        panic!("{warnings:?}");
    };
    assert_eq!(suspects[0].id, "id2");
    fake.remove("id2");
    tokio::time::sleep(LASTS_AFTER_SILENCE + Duration::from_secs(1)).await;
    assert!(creator(&notes, 5).review(&fake, &call(9)).await.is_empty());
    assert!(notes.all().is_empty());
}

#[tokio::test(start_paused = true)]
async fn row_7_a_lost_create_is_looked_for_as_long_as_it_can_come_true() {
    let late = LASTS_AFTER_SILENCE - Duration::from_secs(1);
    let (notes, fake) = (Notes::default(), Fake::fating([Fate::Lost(late)]));
    let created = create(&notes, 1, &fake).await.unwrap();
    assert_eq!((created.how, fake.creates()), (How::FoundAgain, 1));
}

#[tokio::test(start_paused = true)]
async fn row_8_a_create_that_does_not_come_true_in_its_time_did_not_happen() {
    let unavailable = Kind::Unavailable { retry_after: None };
    for kind in [Kind::ConnectionLost, Kind::Timeout, unavailable, Kind::Garbled] {
        let (notes, fake) = (Notes::default(), Fake::fating([Fate::Fails(kind)]));
        fake.add("data", "1");
        assert!(matches!(create(&notes, 1, &fake).await, Err(Failure::Nothing(_))));
        assert_eq!((notes.all().len(), fake.creates()), (0, 1));
    }
}

#[tokio::test(start_paused = true)]
async fn row_9_an_operation_that_ends_before_the_creates_time_leaves_it_open() {
    let (notes, fake) = (
        Notes::default(),
        Fake::fating([Fate::Lost(Duration::from_secs(20))]),
    );
    let ended = create_in(&creator(&notes, 1), &fake, &call(3)).await;
    let Err(Failure::Unknown(open, Unseen::NotListed)) = ended else {
        panic!("{ended:?}");
    };
    assert!(!open.earlier_run && open.error.is_some() && open.left > Duration::from_secs(50));
    // The next run waits for it.
    let created = create(&notes, 2, &fake).await.unwrap();
    assert_eq!((created.how, fake.creates()), (How::FromAnEarlierRun, 1));
    assert_eq!(told(&created), Some(("id0", true, false)));
}

#[tokio::test(start_paused = true)]
async fn row_9_a_stopped_operation_still_looks_for_what_it_made() {
    for late in [NOW, Duration::from_secs(1)] {
        let (notes, fake) = (Notes::default(), Fake::fating([Fate::Lost(late)]));
        let cancelled = CancellationToken::new();
        cancelled.cancel();
        let stopped = Call {
            cancelled,
            ..call(600)
        };
        let created = create_in(&creator(&notes, 1), &fake, &stopped).await.unwrap();
        assert_eq!(created.how, How::FoundAgain);
    }
}

#[tokio::test(start_paused = true)]
async fn row_9_an_operation_that_is_stopped_late_still_looks() {
    let fate = Fate::Lost(Duration::from_secs(31));
    let (notes, fake) = (Notes::default(), Fake::fating([fate]));
    let call = call(600);
    let (cancelled, first) = (call.cancelled.clone(), creator(&notes, 1));
    let (created, ()) = tokio::join!(create_in(&first, &fake, &call), async {
        tokio::time::sleep(Duration::from_millis(30_500)).await;
        cancelled.cancel();
    });
    assert_eq!(created.unwrap().how, How::FoundAgain);
}

#[tokio::test(start_paused = true)]
async fn row_10_of_several_none_is_taken_until_one_is_left() {
    let (notes, fake) = (Notes::default(), Fake::default());
    killed(&notes, &fake, Some(NOW)).await;
    fake.add("data", "1");
    let (open, suspects) = doubt(create(&notes, 2, &fake).await);
    assert!(open.earlier_run);
    assert_eq!(
        suspects,
        [("id0".to_owned(), Why::Equal), ("id1".to_owned(), Why::Equal)]
    );
    fake.remove("id0");
    let created = create(&notes, 3, &fake).await.unwrap();
    assert_eq!((created.object.id.as_str(), fake.creates()), ("id1", 1));
}

#[tokio::test(start_paused = true)]
async fn row_10_what_is_otherwise_than_asked_is_in_doubt() {
    let (notes, fake) = (Notes::default(), Fake::fating([Fate::LostOtherwise]));
    let (open, suspects) = doubt(create(&notes, 1, &fake).await);
    assert!(!open.earlier_run);
    assert_eq!(suspects, [("id0".to_owned(), Why::Differs)]);
    // In a state it is nobody's doubt.
    let third = creator(&notes, 3);
    third.seen("id0");
    let created = create_in(&third, &fake, &call(600)).await.unwrap();
    assert_eq!((created.how, fake.creates()), (How::Answered, 2));
}

#[tokio::test(start_paused = true)]
async fn row_10_a_clock_that_is_a_little_wrong_leaves_a_doubt() {
    let (notes, fake) = (Notes::default(), Fake::default());
    killed(&notes, &fake, None).await;
    fake.add_dated("data", "1", -30);
    let (_, suspects) = doubt(create(&notes, 2, &fake).await);
    assert_eq!(suspects, [("id0".to_owned(), Why::Clocks)]);
}

#[tokio::test(start_paused = true)]
async fn row_11_a_list_that_is_cut_or_fails_proves_nothing() {
    let (notes, mut fake) = (Notes::default(), Fake::fating([Fate::Fails(Kind::Timeout)]));
    fake.is_capped = true;
    let ended = create(&notes, 1, &fake).await;
    assert!(
        matches!(ended, Err(Failure::Unknown(_, Unseen::BeyondCap))),
        "{ended:?}"
    );
    let ended = create(&notes, 2, &fake).await;
    assert!(
        matches!(ended, Err(Failure::Unknown(_, Unseen::BeyondCap))),
        "{ended:?}"
    );
    // One that shows may be one of several.
    let shown = fake.add_dated("data", "1", -60);
    assert_eq!(doubt(create(&notes, 3, &fake).await).1, [(shown, Why::ListCut)]);
    *fake.is_down.lock().unwrap() = true;
    let ended = create_in(&creator(&notes, 4), &fake, &call(9)).await;
    assert!(
        matches!(ended, Err(Failure::Unknown(_, Unseen::NotRead))),
        "{ended:?}"
    );
    assert_eq!((notes.all().len(), fake.creates()), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn row_12_a_create_that_another_process_has_under_way_is_waited_for() {
    let (notes, fake) = (
        Notes::default(),
        Fake::fating([Fate::Slow(Duration::from_secs(90))]),
    );
    let (first, second) = (creator(&notes, 1), creator(&notes, 2));
    let (long, short) = (call(600), call(80));
    let (one, (two, three)) = tokio::join!(create_in(&first, &fake, &long), async {
        tokio::task::yield_now().await;
        let two = create_in(&second, &fake, &short).await;
        (two, create_in(&second, &fake, &long).await)
    });
    let Err(Failure::Stopped(stopped)) = two else {
        panic!("{two:?}");
    };
    assert_eq!(
        (stopped.waiting_for, stopped.is_cancelled),
        (WaitingFor::AnotherProcess, false)
    );
    assert_eq!(one.unwrap().object.id, three.unwrap().object.id);
    assert_eq!(fake.creates(), 1);
}

#[tokio::test(start_paused = true)]
async fn row_13_an_object_that_the_api_has_named_is_taken_over() {
    let (notes, fake) = (Notes::default(), Fake::default());
    create(&notes, 1, &fake).await.unwrap();
    // However long ago it was, and whatever was made of it since.
    notes.age(100_000);
    fake.rows.lock().unwrap()[0].value = "2".to_owned();
    let created = create(&notes, 2, &fake).await.unwrap();
    assert_eq!((created.how, fake.creates()), (How::FromAnEarlierRun, 1));
    assert_eq!(told(&created), Some(("id0", true, true)));
}

#[tokio::test(start_paused = true)]
async fn row_14_an_object_that_is_gone_is_made_anew() {
    let (notes, fake) = (Notes::default(), Fake::default());
    create(&notes, 1, &fake).await.unwrap();
    fake.remove("id0");
    let created = create(&notes, 2, &fake).await.unwrap();
    assert_eq!(
        (created.how, fake.creates(), notes.all().len()),
        (How::Answered, 2, 1)
    );
}

#[tokio::test(start_paused = true)]
async fn row_15_an_object_in_a_state_is_not_taken_from_it() {
    let (notes, fake) = (Notes::default(), Fake::default());
    create(&notes, 1, &fake).await.unwrap();
    let second = creator(&notes, 2);
    let taken = create_in(&second, &fake, &call(600)).await.unwrap();
    let made = create_in(&second, &fake, &call(600)).await.unwrap();
    assert_eq!((taken.how, made.how), (How::FromAnEarlierRun, How::Answered));
    // Neither is certain to be in the state, so that a third run finds both.
    let third = creator(&notes, 3);
    let mut ids = Vec::new();
    for _ in 0..2 {
        ids.push(create_in(&third, &fake, &call(600)).await.unwrap().object.id);
    }
    ids.sort();
    assert_eq!(ids, fake.ids());
}

#[tokio::test(start_paused = true)]
async fn row_16_a_create_that_was_cut_off_seconds_ago_is_waited_for() {
    let (notes, fake) = (Notes::default(), Fake::default());
    killed(&notes, &fake, Some(Duration::from_secs(40))).await;
    let created = create(&notes, 2, &fake).await.unwrap();
    assert_eq!((created.how, fake.creates()), (How::FromAnEarlierRun, 1));
}

#[tokio::test(start_paused = true)]
async fn row_16_one_that_did_not_come_true_is_sent_again_after_its_time() {
    let (notes, fake) = (Notes::default(), Fake::default());
    killed(&notes, &fake, None).await;
    let ended = create_in(&creator(&notes, 2), &fake, &call(8)).await;
    let Err(Failure::Unknown(open, Unseen::NotListed)) = ended else {
        panic!("{ended:?}");
    };
    assert!(open.earlier_run && open.error.is_none());
    let created = create(&notes, 3, &fake).await.unwrap();
    assert_eq!(
        (created.how, fake.creates(), notes.all().len()),
        (How::Answered, 2, 1)
    );
}

#[tokio::test(start_paused = true)]
async fn row_16_an_equal_one_that_a_colleague_makes_later_is_not_taken() {
    let (notes, fake) = (Notes::default(), Fake::default());
    killed(&notes, &fake, None).await;
    tokio::time::sleep(Duration::from_secs(86_400)).await;
    let colleagues = fake.add("data", "1");
    let created = create(&notes, 2, &fake).await.unwrap();
    assert_eq!(created.how, How::Answered);
    assert_ne!(created.object.id, colleagues);
}

#[tokio::test(start_paused = true)]
async fn a_request_that_is_under_way_for_long_gives_signs_of_life() {
    let (notes, fake) = (
        Notes::default(),
        Fake::fating([Fate::Slow(Duration::from_secs(300))]),
    );
    let (first, long) = (creator(&notes, 1), call(600));
    tokio::select! {
        _ = create_in(&first, &fake, &long) => {}
        () = tokio::time::sleep(Duration::from_secs(200)) => {}
    }
    notes.kill();
    fake.add("data", "1");
    let created = create(&notes, 2, &fake).await.unwrap();
    assert_eq!(created.how, How::FromAnEarlierRun);
}

#[tokio::test(start_paused = true)]
async fn row_17_a_create_in_another_account_is_told_and_kept() {
    let (notes, mut fake) = (Notes::default(), Fake::default());
    create(&notes, 1, &fake).await.unwrap();
    fake.remove("id0");
    fake.owner = Some("colleague".to_owned());
    let created = create(&notes, 2, &fake).await.unwrap();
    assert_eq!(created.how, How::Answered);
    let [
        Warning::Unclaimed {
            open,
            id,
            exists: None,
        },
    ] = created.warnings.as_slice()
    else {
        panic!("{:?}", created.warnings);
    };
    assert_eq!(
        (open.account, id.as_str(), notes.all().len()),
        (Account::Other, "id0", 2)
    );
}

#[tokio::test(start_paused = true)]
async fn a_rotated_key_of_the_same_user_is_the_same_account() {
    let (notes, fake) = (Notes::default(), Fake::default());
    killed(&notes, &fake, Some(NOW)).await;
    let rotated = Creator::at(Arc::new(notes.with_key(2, 2)), notes.clock.clone());
    let created = create_in(&rotated, &fake, &call(600)).await.unwrap();
    assert_eq!((created.how, fake.creates()), (How::FromAnEarlierRun, 1));
}

#[tokio::test(start_paused = true)]
async fn row_18_another_key_of_perhaps_another_account_takes_nothing() {
    let (notes, mut fake) = (Notes::default(), Fake::default());
    fake.owner = None;
    killed(&notes, &fake, Some(NOW)).await;
    let other = Creator::at(Arc::new(notes.with_key(2, 2)), notes.clock.clone());
    let (open, suspects) = doubt(create_in(&other, &fake, &call(600)).await);
    assert_eq!(open.account, Account::Unknown);
    assert_eq!(suspects, [("id0".to_owned(), Why::OtherKey)]);
    assert_eq!((fake.creates(), notes.all().len()), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn row_19_another_key_that_shows_nothing_leaves_the_note() {
    let (notes, mut fake) = (Notes::default(), Fake::default());
    fake.owner = None;
    killed(&notes, &fake, None).await;
    let other = Creator::at(Arc::new(notes.with_key(2, 2)), notes.clock.clone());
    let created = create_in(&other, &fake, &call(600)).await.unwrap();
    assert!(matches!(
        created.warnings.as_slice(),
        [Warning::Unsettled { is_over: true, .. }]
    ));
    assert_eq!((created.how, notes.all().len()), (How::Answered, 2));
}

#[tokio::test(start_paused = true)]
async fn row_20_an_object_in_no_state_is_told_until_it_is_seen_or_gone() {
    let (notes, fake) = (Notes::default(), Fake::default());
    create(&notes, 1, &fake).await.unwrap();
    for run in 2..4 {
        let creator = creator(&notes, run);
        assert!(creator.noted().contains(fake.noun()));
        let warnings = creator.review(&fake, &call(9)).await;
        let [
            Warning::Unclaimed {
                id,
                exists: Some(true),
                ..
            },
        ] = warnings.as_slice()
        else {
            panic!("{warnings:?}");
        };
        assert_eq!(id, "id0");
    }
    *fake.is_down.lock().unwrap() = true;
    let warnings = creator(&notes, 4).review(&fake, &call(9)).await;
    assert!(matches!(
        warnings.as_slice(),
        [Warning::Unclaimed { exists: None, .. }]
    ));
    *fake.is_down.lock().unwrap() = false;
    fake.remove("id0");
    assert!(creator(&notes, 5).review(&fake, &call(9)).await.is_empty());
    assert!(creator(&notes, 6).noted().is_empty());
}

#[tokio::test(start_paused = true)]
async fn row_20_an_open_create_is_told_until_nothing_may_be_its_own() {
    let (notes, fake) = (Notes::default(), Fake::default());
    killed(&notes, &fake, Some(Duration::from_secs(30))).await;
    let warnings = creator(&notes, 2).review(&fake, &call(9)).await;
    let [
        Warning::Unsettled {
            suspects,
            is_over: false,
            ..
        },
    ] = warnings.as_slice()
    else {
        panic!("{warnings:?}");
    };
    assert!(suspects.is_empty());
    tokio::time::sleep(Duration::from_secs(90)).await;
    let warnings = creator(&notes, 3).review(&fake, &call(9)).await;
    let [
        Warning::Unsettled {
            suspects,
            is_over: true,
            ..
        },
    ] = warnings.as_slice()
    else {
        panic!("{warnings:?}");
    };
    assert_eq!(suspects[0].id, "id0");
    fake.remove("id0");
    assert!(creator(&notes, 4).review(&fake, &call(9)).await.is_empty());
    assert!(notes.all().is_empty());
}

#[tokio::test(start_paused = true)]
async fn where_no_date_is_told_what_is_first_seen_late_is_in_doubt() {
    let (notes, mut fake) = (Notes::default(), Fake::default());
    fake.tells_dates = false;
    killed(&notes, &fake, Some(NOW)).await;
    let created = create(&notes, 2, &fake).await.unwrap();
    assert_eq!((created.how, fake.creates()), (How::FromAnEarlierRun, 1));

    let notes = Notes::default();
    killed(&notes, &fake, None).await;
    tokio::time::sleep(Duration::from_secs(86_400)).await;
    let colleagues = fake.add("data", "1");
    assert_eq!(
        doubt(create(&notes, 3, &fake).await).1,
        [(colleagues, Why::Undated)]
    );
}

#[tokio::test(start_paused = true)]
async fn creates_of_a_kind_cost_one_list_whatever_their_names() {
    let (notes, fake) = (Notes::default(), Fake::default());
    let (creator, call) = (creator(&notes, 1), call(600));
    for name in ["one", "two", "one", "one"] {
        let write = (name.to_owned(), "1".to_owned());
        let created = creator.create(&fake, &call, name, &write).await.unwrap();
        assert_eq!(created.how, How::Answered);
    }
    assert_eq!((fake.lists(), fake.creates()), (1, 4));
}

#[tokio::test(start_paused = true)]
async fn creates_of_one_name_never_share_an_object() {
    let (notes, fake) = (Notes::default(), Fake::fating([Fate::Lost(NOW), Fate::Lost(NOW)]));
    let (creator, call) = (creator(&notes, 1), call(600));
    let (one, two) = tokio::join!(
        create_in(&creator, &fake, &call),
        create_in(&creator, &fake, &call)
    );
    let mut ids = [one.unwrap().object.id, two.unwrap().object.id];
    ids.sort();
    assert_eq!(ids.to_vec(), fake.ids());
}

#[tokio::test(start_paused = true)]
async fn what_was_made_before_the_create_was_sent_is_not_its_own() {
    // A colleague's object appears while a sibling of the same name is created, whose date the API tells.
    let (notes, fake) = (Notes::default(), Fake::default());
    let slow = Fate::Slow(Duration::from_secs(2));
    fake.fates
        .lock()
        .unwrap()
        .extend([slow, Fate::Fails(Kind::ConnectionLost)]);
    let (creator, long) = (creator(&notes, 1), call(600));
    let (one, colleagues) = tokio::join!(create_in(&creator, &fake, &long), async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        fake.add_dated("data", "1", -30)
    });
    assert_eq!(one.unwrap().how, How::Answered);
    let ended = create_in(&creator, &fake, &long).await;
    assert!(
        matches!(ended, Err(Failure::Nothing(_))),
        "{colleagues} was taken: {ended:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_sibling_that_waits_too_long_sends_nothing() {
    let (notes, fake) = (
        Notes::default(),
        Fake::fating([Fate::Slow(Duration::from_secs(9))]),
    );
    let (creator, long, short) = (creator(&notes, 1), call(600), call(5));
    let (one, two) = tokio::join!(
        create_in(&creator, &fake, &long),
        create_in(&creator, &fake, &short)
    );
    assert!(one.is_ok());
    assert!(matches!(two, Err(Failure::Stopped(stopped)) if stopped.waiting_for == WaitingFor::Sibling));
    assert_eq!(fake.creates(), 1);
}

#[test]
fn names_are_one_however_the_api_spells_them() {
    use super::evidence::same_name;
    assert!(same_name("sdxl", "sdxl -fb") && same_name("caf\u{e9}", "cafe\u{301}") && same_name("a", " a "));
    assert!(!same_name("sdxl", "sdxm"));
}
