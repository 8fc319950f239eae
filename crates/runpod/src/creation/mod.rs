//! Exactly one object for one create.
//!
//! The API has no idempotency key and names are not unique, so a create whose answer was lost must be found again, not
//! repeated. Adopted is only what can be shown to be ours; in every other doubt nothing is made, nothing is taken, and
//! what there is, is named. Before a create is sent, the objects that bear its name are known (from one list for all
//! creates of a kind) and a note is in the [`Journal`]. Creates of one name go one after another.
//!
//! *The time of a create* is the time in which it can make something: from the moment that it was sent until
//! [`LASTS_AFTER_SILENCE`] after its last sign of life, or [`LASTS_AFTER_AN_ANSWER`] after an answer that did not tell
//! what became of it. *Its own* is an object of the name that is new, made in that time, as asked, in no state that is
//! known here, and the only one: the [`evidence`] says how that is judged.
//!
//! | | what is known of the create | what the API shows | what is done |
//! |---|---|---|---|
//! | 1 | it is not noted, and cannot be | | nothing is sent: [`Failure::NotNoted`] |
//! | 2 | it was answered with an object | | created; noted until Terraform has it |
//! | 3 | it was refused, or never sent | | nothing was made; the note goes; who bears the name is told where names are unique |
//! | 4 | GraphQL refused it in unknown words, or a later attempt in these or for a name that is taken | its own | taken, and told |
//! | 5 | the same | nothing that is surely its own, asked once | nothing was made; the note goes |
//! | 6 | its answer was lost | its own | taken, and told; watched until its time is over |
//! | 7 | its answer was lost, its time is not over | nothing yet | asked again, until the time is over |
//! | 8 | its answer was lost, its time is over | nothing | nothing was made; the note goes |
//! | 9 | its answer was lost, the operation's time is up | nothing | [`Failure::Unknown`], open |
//! | 10 | its answer was lost | several, or others that it may have made | [`Failure::Doubt`], open |
//! | 11 | its answer was lost, its time is over | a list that is cut, or none | [`Failure::Unknown`], open |
//! | 12 | an earlier run's, a process still works on it | | waited for |
//! | 13 | an earlier run's, its object known | that object | taken, and told |
//! | 14 | an earlier run's, its object known | it is gone | the note goes, a create is sent |
//! | 15 | an earlier run's, its object in a state here | | no concern of this create |
//! | 16 | an earlier run's, open | as 6 to 11, and after 8 a create is sent | as there |
//! | 17 | an earlier run's, in another account | | kept, told, no concern of this create |
//! | 18 | an earlier run's, perhaps in another account (another key, and the API tells no owner) | what would be its own | [`Failure::Doubt`] |
//! | 19 | the same | nothing, and its time is over | kept, told, a create is sent |
//! | 20 | an earlier run's, and this run creates nothing of that name | | told by [`Creator::review`] until its object is seen in a state or found gone, or its time is over and nothing may be its own |
//!
//! A refusal of REST v2 is told by its status and its problem body, so that the answer to the only attempt proves that
//! nothing was made. GraphQL answers with HTTP 200 whatever went wrong, and its words are not all known: a fault after the
//! commit may be among them.
//!
//! Where the API does not say when an object was made (templates, volumes, registries), one that is new in a list
//! within the create's time counts as made in it, and one that is first seen later is in doubt.

mod before;
mod clock;
mod earlier;
pub mod evidence;
#[cfg(test)]
mod fake;
mod look;
pub mod note;
mod report;
mod tell;
#[cfg(test)]
mod tests;

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use self::{
    before::Before,
    clock::{Clock, milliseconds},
    evidence::plain,
};
pub use self::{
    note::{Interrupted, Journal, NotNoted, Note, Place, Standing, State},
    report::{
        Account, Bearer, Created, Failure, How, Open, Stopped, Suspect, Unseen, WaitingFor, Warning, Why,
    },
};
use super::{
    Api, Call, Error, Kind, Refusal,
    collection::{Collection, Object},
};

/// How long a create can still make something after its last sign of life, when no answer came: the API may still be
/// working on it. What stands before the API gives up sooner.
pub const LASTS_AFTER_SILENCE: Duration = Duration::from_secs(60);

/// How long a create can still show after an answer that did not tell what became of it: it happened or it did not, and
/// reads lag only a little.
pub const LASTS_AFTER_AN_ANSWER: Duration = Duration::from_secs(15);

/// How often a request that is under way gives a sign of life.
const SIGN_OF_LIFE: Duration = Duration::from_secs(5);

/// Creates objects of any kind, each once.
#[derive(Debug)]
pub struct Creator {
    journal: Arc<dyn Journal>,
    clock: Clock,
    /// By noun and name: creates of one name go one after another, so that two never look for the same object.
    turns: Mutex<HashMap<(&'static str, String), Turn>>,
    /// By noun: what there was before, from one list for all creates of a kind.
    before: Mutex<HashMap<&'static str, Arc<tokio::sync::Mutex<Option<Before>>>>>,
    /// The objects that Terraform has, as far as this process knows: no create takes them.
    claimed: Mutex<HashSet<String>>,
}

type Turn = Arc<tokio::sync::Mutex<()>>;

impl Creator {
    /// Creates are noted in `journal`.
    pub fn new(journal: Arc<dyn Journal>) -> Self {
        Self::at(journal, Clock::start())
    }

    fn at(journal: Arc<dyn Journal>, clock: Clock) -> Self {
        Self {
            journal,
            clock,
            turns: Mutex::default(),
            before: Mutex::default(),
            claimed: Mutex::default(),
        }
    }

    /// Notes that an object is in the state, so that no create adopts it.
    pub fn seen(&self, id: &str) {
        self.journal.seen(id);
        self.claim(id);
    }

    /// Creates the object that `write` asks for under `name`, or finds the one that an earlier attempt has created.
    ///
    /// Costs one write, and one list for all creates of the kind; more only where something went wrong.
    ///
    /// # Errors
    ///
    /// See [`Failure`].
    pub async fn create<C: Collection + ?Sized>(
        &self,
        api: &C,
        call: &Call,
        name: &str,
        write: &C::Write,
    ) -> Result<Created<C::Object>, Failure> {
        let _turn = self.turn(call, api.noun(), name).await?;
        let mut warnings = Vec::new();
        for interrupted in self.journal.interrupted() {
            let concerns = interrupted.note.noun == api.noun()
                && evidence::same_name(&interrupted.note.name, name)
                && interrupted.note.state != State::Watched;
            if !concerns {
                continue;
            }
            if let Some(object) = self.settle(api, call, interrupted, &mut warnings).await? {
                let how = How::FromAnEarlierRun;
                return Ok(Created {
                    object,
                    how,
                    warnings,
                });
            }
        }
        let before = self.before(api, call).await?;
        // A list may lag behind what this process has made already.
        let claimed = self.claimed().clone();
        let mut known = before.bearers.get(&plain(name)).cloned().unwrap_or_default();
        known.extend(claimed.into_iter().filter(|id| !before.ids.contains(id)));
        let sent = self.clock.now();
        let mut note = Note {
            noun: api.noun().to_owned(),
            name: name.to_owned(),
            asked: api.asked(write),
            known,
            owner: before.owner,
            sent,
            until: sent.saturating_add(milliseconds(LASTS_AFTER_SILENCE)),
            newest: before.newest,
            state: State::Open,
        };
        let place = self.journal.begin(&note).map_err(Failure::NotNoted)?;
        let answer = self.going_on(&place, &mut note, api.create(call, write)).await;
        let (object, how) = match answer {
            Ok(object) => {
                self.made(
                    &place,
                    object.id(),
                    State::Made {
                        id: object.id().to_owned(),
                    },
                );
                (object, How::Answered)
            }
            Err(failure) => {
                let object = self.find_again(api, call, &place, &mut note, failure, &mut warnings);
                (object.await?, How::FoundAgain)
            }
        };
        self.remember(api.noun(), &object);
        Ok(Created {
            object,
            how,
            warnings,
        })
    }

    /// Awaits the answer to a create, with signs of life in the journal.
    async fn going_on<T>(&self, place: &Place, note: &mut Note, answer: impl Future<Output = T>) -> T {
        tokio::pin!(answer);
        loop {
            tokio::select! {
                biased;
                answer = &mut answer => return answer,
                () = tokio::time::sleep(SIGN_OF_LIFE) => {
                    note.until = self.clock.now().saturating_add(milliseconds(LASTS_AFTER_SILENCE));
                    self.journal.goes_on(place, note.until);
                }
            }
        }
    }

    /// What a create of this run made whose answer tells nothing, or something that no source confirms.
    async fn find_again<C: Collection + ?Sized>(
        &self,
        api: &C,
        call: &Call,
        place: &Place,
        note: &mut Note,
        failure: Error,
        warnings: &mut Vec<Warning>,
    ) -> Result<C::Object, Failure> {
        let now = self.clock.now();
        note.until = match lasts(&failure) {
            Some(lasts) => now.saturating_add(milliseconds(lasts)),
            None => {
                self.journal.came_to_nothing(place);
                return Err(self.refused(api, &note.name, failure).await);
            }
        };
        self.journal.goes_on(place, note.until);
        let found = self
            .look_until_over(api, call, place, note, true, Some(failure))
            .await;
        match &found {
            Ok(Some((object, state))) => {
                self.made(place, object.id(), state.clone());
                warnings.push(self.adopted(note, place, object, state, false));
            }
            Ok(None) | Err(Failure::Nothing(_)) => self.journal.came_to_nothing(place),
            Err(_) => self.journal.left_open(place, note.until),
        }
        let found = match found {
            Err(Failure::Nothing(failure)) => return Err(self.refused(api, &note.name, failure).await),
            found => found?,
        };
        match found {
            Some((object, _)) => Ok(object),
            // The look is never without a failure to tell.
            None => Err(Failure::Unknown(
                self.open(note, place, Account::Same, None, false),
                Unseen::NotRead,
            )),
        }
    }

    /// A create that made nothing. Where it was refused and names may have to be unique, it is asked who bears the name: the
    /// words of a clash are not all known.
    async fn refused<C: Collection + ?Sized>(&self, api: &C, name: &str, failure: Error) -> Failure {
        let mut known = failure.operation.refusals.iter();
        let is_unique = known.any(|known| known.means == Refusal::NAME_TAKEN);
        let may_clash = matches!(failure.kind, Kind::Refused(Refusal::NAME_TAKEN | Refusal::OTHER));
        if !is_unique || !may_clash {
            return Failure::Nothing(failure);
        }
        let Ok(listing) = api.fresh_list(&Call::last_look()).await else {
            return Failure::Nothing(failure);
        };
        let bearers = listing.objects.iter();
        let bearers = bearers.filter(|object| evidence::same_name(object.name(), name));
        let bearers: Vec<Bearer> = bearers
            .map(|object| Bearer {
                id: object.id().to_owned(),
                is_in_a_state: self.is_claimed(object.id()),
            })
            .collect();
        if bearers.is_empty() {
            return Failure::Nothing(failure);
        }
        Failure::NameBorne(failure, bearers)
    }

    /// Awaits the turn of a create, within the limits of its call.
    async fn turn(
        &self,
        call: &Call,
        noun: &'static str,
        name: &str,
    ) -> Result<tokio::sync::OwnedMutexGuard<()>, Failure> {
        let turn = locked(&self.turns)
            .entry((noun, plain(name)))
            .or_default()
            .clone();
        tokio::select! {
            biased;
            turn = turn.lock_owned() => Ok(turn),
            () = call.cancelled.cancelled() => Err(stopped(call, WaitingFor::Sibling)),
            () = tokio::time::sleep_until(call.deadline) => Err(stopped(call, WaitingFor::Sibling)),
        }
    }

    fn made(&self, place: &Place, id: &str, state: State) {
        self.claim(id);
        self.journal.made(place, state);
    }

    fn claimed(&self) -> MutexGuard<'_, HashSet<String>> {
        locked(&self.claimed)
    }

    fn claim(&self, id: &str) {
        self.claimed().insert(id.to_owned());
    }

    fn is_claimed(&self, id: &str) -> bool {
        self.claimed().contains(id)
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn stopped(call: &Call, waiting_for: WaitingFor) -> Failure {
    Failure::Stopped(Stopped {
        is_cancelled: call.cancelled.is_cancelled(),
        waiting_for,
    })
}

/// How long a create may still show after it failed so; none where it certainly made nothing.
fn lasts(failure: &Error) -> Option<Duration> {
    let is_gateway_timeout = matches!(failure.status, Some(504 | 524));
    // An earlier attempt may have made it, whatever its answer was.
    let is_repeated = failure.attempts > 1;
    match failure.kind {
        // It is looked for once, and what that shows came to be in time though the API may not say when.
        Kind::Refused(Refusal::OTHER) if is_repeated || failure.operation.api == Some(Api::GraphQl) => {
            Some(LASTS_AFTER_AN_ANSWER)
        }
        Kind::Refused(Refusal::NAME_TAKEN) if is_repeated => Some(LASTS_AFTER_AN_ANSWER),
        _ if !failure.is_ambiguous() => None,
        Kind::Timeout | Kind::ConnectionLost => Some(LASTS_AFTER_SILENCE),
        _ if is_gateway_timeout => Some(LASTS_AFTER_SILENCE),
        _ => Some(LASTS_AFTER_AN_ANSWER),
    }
}
