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
//! | 3 | it was refused in known words, or never sent | | nothing was made; the note goes |
//! | 4 | it was refused in unknown words | its own | taken, and told |
//! | 5 | it was refused in unknown words | nothing that is surely its own, asked once | nothing was made; the note goes |
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
//! Where the API does not say when an object was made (templates, volumes, registries), one that is new in a list
//! within the create's time counts as made in it, and one that is first seen later is in doubt.

pub mod evidence;
#[cfg(test)]
mod fake;
pub mod note;
mod report;
#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use tokio::time::Instant;

use self::evidence::{Verdict, judge, plain};
pub use self::{
    note::{Interrupted, Journal, NotNoted, Note, Place, Standing, State},
    report::{Account, Created, Failure, How, Open, Stopped, Suspect, Unseen, WaitingFor, Warning, Why},
};
use super::{
    Call, Error, Kind, Refusal,
    collection::{Collection, Listing, Object},
};

/// How long a create can still make something after its last sign of life, when no answer came: the API may still be
/// working on it. What stands before the API gives up sooner.
pub const LASTS_AFTER_SILENCE: Duration = Duration::from_secs(60);

/// How long a create can still show after an answer that did not tell what became of it: it happened or it did not, and
/// reads lag only a little.
pub const LASTS_AFTER_AN_ANSWER: Duration = Duration::from_secs(15);

/// Pauses between looks for what a create made; the last one repeats.
const PAUSES: [Duration; 7] = [
    Duration::from_millis(250),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(4),
    Duration::from_secs(8),
    Duration::from_secs(10),
    Duration::from_secs(15),
];

/// How many more looks there are after an operation was stopped: nobody else looks before the next run.
const LOOKS_AFTER_A_STOP: usize = 3;

/// The pause between looks at a create that another process has under way.
const LOOK_AT_OTHERS: Duration = Duration::from_millis(250);

/// How often a request that is under way gives a sign of life.
const SIGN_OF_LIFE: Duration = Duration::from_secs(5);

/// How old the list may be that tells which objects bore a name before: long enough for all creates of an apply.
const LIST_KEPT: Duration = Duration::from_secs(300);

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

/// What there was before creates of a kind.
#[derive(Clone, Debug)]
struct Before {
    listed: Instant,
    owner: Option<String>,
    /// Ids by plain name.
    bearers: HashMap<String, BTreeSet<String>>,
    /// Every id, whatever its name.
    ids: HashSet<String>,
    /// See [`Note::newest`].
    newest: Option<i64>,
}

impl Before {
    fn of<O: Object>(listing: &Listing<O>, owner: Option<String>) -> Self {
        let mut before = Self {
            listed: Instant::now(),
            owner,
            bearers: HashMap::new(),
            ids: HashSet::new(),
            newest: None,
        };
        for object in &listing.objects {
            before.add(object);
        }
        before
    }

    fn add(&mut self, object: &impl Object) {
        let named = self.bearers.entry(plain(object.name())).or_default();
        named.insert(object.id().to_owned());
        self.ids.insert(object.id().to_owned());
        self.newest = self.newest.max(object.created_at());
    }
}

/// Milliseconds since 1970, also where a test lets time pass.
#[derive(Clone, Debug)]
struct Clock {
    started: Instant,
    at: i64,
}

impl Clock {
    fn start() -> Self {
        Self {
            started: Instant::now(),
            at: wall(),
        }
    }

    fn now(&self) -> i64 {
        // The wall clock goes on while a machine sleeps.
        wall().max(self.at.saturating_add(milliseconds(self.started.elapsed())))
    }
}

fn wall() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    milliseconds(since)
}

fn milliseconds(length: Duration) -> i64 {
    i64::try_from(length.as_millis()).unwrap_or(i64::MAX)
}

/// What a look at the API's list has told.
struct Look<O> {
    begun: i64,
    is_capped: bool,
    account: Account,
    verdict: Verdict<O>,
}

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
                return Err(Failure::Nothing(failure));
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
        match found? {
            Some((object, _)) => Ok(object),
            // The look is never without a failure to tell.
            None => Err(Failure::Unknown(
                self.open(note, place, Account::Same, None, false),
                Unseen::NotRead,
            )),
        }
    }

    /// Looks for what a create made until that is known or its time is over; nothing where it did not happen.
    ///
    /// `failure` is why it is looked for, in the run that sent it; then "it did not happen" is that failure.
    async fn look_until_over<C: Collection + ?Sized>(
        &self,
        api: &C,
        call: &Call,
        place: &Place,
        note: &Note,
        same_key: bool,
        failure: Option<Error>,
    ) -> Result<Option<(C::Object, State)>, Failure> {
        let mut last_look = Call::last_look();
        let is_ours = failure.is_some();
        let (mut pauses, mut looks_left, mut is_stopped) = (PAUSES.iter(), LOOKS_AFTER_A_STOP, false);
        let mut pause = Duration::ZERO;
        loop {
            let limits = if is_ours && (pause.is_zero() || is_stopped) {
                &last_look
            } else {
                call
            };
            let look = self.look(api, limits, note, same_key, true).await;
            let begun = match &look {
                Ok(look) => look.begun,
                Err(_) => self.clock.now(),
            };
            let open = |account| self.open(note, place, account, failure.clone(), !is_ours);
            let is_over = begun >= note.until;
            let (doubt, unseen) = match look {
                Ok(Look {
                    account: Account::Other,
                    ..
                }) => return Ok(None),
                Ok(Look {
                    verdict: Verdict::Ours(object),
                    account: Account::Same,
                    ..
                }) => {
                    let id = object.id().to_owned();
                    let state = if is_over {
                        State::Made { id }
                    } else {
                        State::Taken { id }
                    };
                    return Ok(Some((object, state)));
                }
                Ok(Look {
                    verdict: Verdict::Ours(object),
                    account,
                    ..
                }) => {
                    let (id, name) = (object.id().to_owned(), object.name().to_owned());
                    let why = Why::OtherKey;
                    return Err(Failure::Doubt(open(account), vec![Suspect { id, name, why }]));
                }
                Ok(Look {
                    verdict: Verdict::Doubt(suspects),
                    account,
                    ..
                }) => {
                    let equal = suspects.iter().filter(|suspect| suspect.why == Why::Equal);
                    if equal.count() > 1 {
                        return Err(Failure::Doubt(open(account), suspects));
                    }
                    (Some((account, suspects)), Unseen::NotListed)
                }
                Ok(Look { is_capped: true, .. }) => (None, Unseen::BeyondCap),
                Ok(_) => (None, Unseen::NotListed),
                Err(_) => (None, Unseen::NotRead),
            };
            let is_refusal = is_refusal(&failure);
            if is_over || is_refusal {
                return match (doubt, unseen, failure.clone()) {
                    (Some((account, suspects)), _, _) if !is_refusal => {
                        Err(Failure::Doubt(open(account), suspects))
                    }
                    (_, Unseen::NotRead, _) => Err(Failure::Unknown(open(Account::Same), unseen)),
                    (_, Unseen::BeyondCap, _) if !is_refusal => {
                        Err(Failure::Unknown(open(Account::Same), unseen))
                    }
                    (_, _, Some(failure)) => Err(Failure::Nothing(failure)),
                    (_, _, None) => Ok(None),
                };
            }
            if is_stopped {
                looks_left = looks_left.saturating_sub(1);
            }
            pause = pauses.next().or(PAUSES.last()).copied().unwrap_or_default();
            let left = u64::try_from(note.until.saturating_sub(self.clock.now())).unwrap_or_default();
            pause = pause.min(Duration::from_millis(left.max(1)));
            if is_stopped {
                if looks_left > 0 && last_look.pause(pause).await {
                    continue;
                }
            } else if call.pause(pause).await {
                continue;
            } else if is_ours {
                // Nobody else looks before the next run.
                (is_stopped, pauses) = (true, PAUSES.iter());
                last_look = Call::last_look();
                continue;
            }
            return match doubt {
                Some((account, suspects)) => Err(Failure::Doubt(open(account), suspects)),
                None => Err(Failure::Unknown(open(Account::Same), unseen)),
            };
        }
    }

    /// Looks once at the API's list for what a create made.
    async fn look<C: Collection + ?Sized>(
        &self,
        api: &C,
        call: &Call,
        note: &Note,
        same_key: bool,
        is_fresh: bool,
    ) -> Result<Look<C::Object>, Error> {
        let begun = self.clock.now();
        let listing = if is_fresh {
            api.fresh_list(call).await?
        } else {
            api.list(call).await?
        };
        let owner = self.owner(api, call, &listing).await;
        Ok(Look {
            begun,
            is_capped: listing.is_capped,
            account: account(note, same_key, owner.as_deref()),
            verdict: judge(api, &listing, begun, note, |id| self.is_claimed(id)),
        })
    }

    /// What an earlier run's create made; nothing where it is no concern of a create of this run, which may go on.
    async fn settle<C: Collection + ?Sized>(
        &self,
        api: &C,
        call: &Call,
        interrupted: Interrupted,
        warnings: &mut Vec<Warning>,
    ) -> Result<Option<C::Object>, Failure> {
        let Some(note) = self.outlast(call, &interrupted.place).await? else {
            return Ok(None);
        };
        let (place, same_key) = (interrupted.place, interrupted.same_key);
        let Some(id) = note.state.id() else {
            let found = self
                .look_until_over(api, call, &place, &note, same_key, None)
                .await?;
            if let Some((object, state)) = found {
                self.made(&place, object.id(), state.clone());
                warnings.push(self.adopted(&note, &place, &object, &state, true));
                return Ok(Some(object));
            }
            match self
                .account_of(api, call, &note, same_key)
                .await
                .map_err(Failure::Nothing)?
            {
                Account::Same => self.journal.came_to_nothing(&place),
                account => warnings.push(self.unsettled(&note, &place, account, Vec::new())),
            }
            return Ok(None);
        };
        if self.is_claimed(id) {
            // It is another resource's, which may still be on its way into the state.
            return Ok(None);
        }
        let account = self
            .account_of(api, call, &note, same_key)
            .await
            .map_err(Failure::Nothing)?;
        let found = match account {
            Account::Other => None,
            _ => api.find(call, id).await.map_err(Failure::Nothing)?,
        };
        match (found, account) {
            (Some(object), _) => {
                self.made(&place, id, note.state.clone());
                warnings.push(self.adopted(&note, &place, &object, &note.state, true));
                Ok(Some(object))
            }
            (None, Account::Same) => {
                self.journal.came_to_nothing(&place);
                Ok(None)
            }
            (None, account) => {
                warnings.push(self.unclaimed(&note, &place, id, account, None));
                Ok(None)
            }
        }
    }

    /// Waits until nobody works on an earlier run's create any more; nothing where there is no note of it then.
    async fn outlast(&self, call: &Call, place: &Place) -> Result<Option<Note>, Failure> {
        loop {
            match self.journal.standing(place) {
                Standing::Left(note) => return Ok(Some(*note)),
                Standing::Gone => return Ok(None),
                Standing::UnderWay if call.pause(LOOK_AT_OTHERS).await => {}
                Standing::UnderWay => return Err(stopped(call, WaitingFor::AnotherProcess)),
            }
        }
    }

    /// The nouns of the creates that earlier runs have left behind: whom [`Creator::review`] is to be called for.
    pub fn noted(&self) -> BTreeSet<String> {
        let interrupted = self.journal.interrupted();
        interrupted
            .into_iter()
            .map(|interrupted| interrupted.note.noun)
            .collect()
    }

    /// What is to be told of the creates of this kind that earlier runs have left behind. Notes that need not be told of
    /// any more are dropped: those whose object is gone, and those whose time is over and that made nothing.
    ///
    /// Costs one shared list, and a read for each object that is noted. What cannot be asked is told from the note.
    pub async fn review<C: Collection + ?Sized>(&self, api: &C, call: &Call) -> Vec<Warning> {
        let mut warnings = Vec::new();
        for Interrupted { place, same_key, .. } in self.journal.interrupted() {
            match self.journal.standing(&place) {
                Standing::Gone => {}
                Standing::Left(note) if note.noun != api.noun() => {}
                Standing::Left(note) => {
                    warnings.extend(self.review_one(api, call, &place, &note, same_key).await);
                }
                Standing::UnderWay => warnings.extend(self.under_way(api.noun(), &place)),
            }
        }
        warnings
    }

    async fn review_one<C: Collection + ?Sized>(
        &self,
        api: &C,
        call: &Call,
        place: &Place,
        note: &Note,
        same_key: bool,
    ) -> Option<Warning> {
        let look = self.look(api, call, note, same_key, false).await;
        let account = look.as_ref().map_or(Account::Unknown, |look| look.account);
        if let Some(id) = note.state.id() {
            if self.is_claimed(id) {
                return None;
            }
            let exists = match account {
                Account::Other => None,
                _ => api.find(call, id).await.ok().map(|found| found.is_some()),
            };
            if exists == Some(false) && account == Account::Same {
                self.journal.came_to_nothing(place);
                return None;
            }
            return Some(self.unclaimed(note, place, id, account, exists));
        }
        let (suspects, is_settled) = match look {
            Ok(Look {
                verdict: Verdict::Ours(object),
                ..
            }) => {
                let (id, name) = (object.id().to_owned(), object.name().to_owned());
                let why = if account == Account::Same {
                    Why::Equal
                } else {
                    Why::OtherKey
                };
                (vec![Suspect { id, name, why }], false)
            }
            Ok(Look {
                verdict: Verdict::Doubt(suspects),
                ..
            }) => (suspects, false),
            Ok(look) => (Vec::new(), look.begun >= note.until && !look.is_capped),
            Err(_) => (Vec::new(), false),
        };
        if is_settled && account == Account::Same {
            self.journal.came_to_nothing(place);
            return None;
        }
        if suspects.is_empty() && note.state == State::Watched {
            return None;
        }
        Some(self.unsettled(note, place, account, suspects))
    }

    fn under_way(&self, noun: &str, place: &Place) -> Option<Warning> {
        let mut interrupted = self.journal.interrupted().into_iter();
        let Interrupted { note, .. } = interrupted.find(|other| other.place == *place)?;
        (note.noun == noun).then(|| Warning::UnderWay(self.open(&note, place, Account::Unknown, None, true)))
    }

    /// What there was before a create, from one list for all creates of the kind.
    async fn before<C: Collection + ?Sized>(&self, api: &C, call: &Call) -> Result<Before, Failure> {
        let before = locked(&self.before).entry(api.noun()).or_default().clone();
        let mut before = tokio::select! {
            biased;
            before = before.lock() => before,
            () = call.cancelled.cancelled() => return Err(stopped(call, WaitingFor::Sibling)),
            () = tokio::time::sleep_until(call.deadline) => return Err(stopped(call, WaitingFor::Sibling)),
        };
        if let Some(before) = before
            .as_ref()
            .filter(|before| before.listed.elapsed() < LIST_KEPT)
        {
            return Ok(before.clone());
        }
        let listing = api.list(call).await.map_err(Failure::Nothing)?;
        let owner = self.owner(api, call, &listing).await;
        Ok(before.insert(Before::of(&listing, owner)).clone())
    }

    /// Counts what this process has made among what there was before the next create.
    fn remember(&self, noun: &'static str, object: &impl Object) {
        let before = locked(&self.before).entry(noun).or_default().clone();
        // Where a list is just being fetched, it is known for having been claimed.
        if let Ok(mut before) = before.try_lock()
            && let Some(before) = before.as_mut()
        {
            before.add(object);
        }
    }

    /// Whose account it is, where the API tells.
    async fn owner<C: Collection + ?Sized>(
        &self,
        api: &C,
        call: &Call,
        listing: &Listing<C::Object>,
    ) -> Option<String> {
        match &listing.owner {
            Some(owner) => Some(owner.clone()),
            None => api.owner(call).await.ok().flatten(),
        }
    }

    async fn account_of<C: Collection + ?Sized>(
        &self,
        api: &C,
        call: &Call,
        note: &Note,
        same_key: bool,
    ) -> Result<Account, Error> {
        let listing = api.list(call).await?;
        let owner = self.owner(api, call, &listing).await;
        Ok(account(note, same_key, owner.as_deref()))
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

    fn adopted(
        &self,
        note: &Note,
        place: &Place,
        object: &impl Object,
        state: &State,
        earlier_run: bool,
    ) -> Warning {
        let id = object.id().to_owned();
        let is_certain = note.state == *state && matches!(state, State::Made { .. });
        let open = self.open(note, place, Account::Same, None, earlier_run);
        Warning::Adopted { open, id, is_certain }
    }

    fn unclaimed(
        &self,
        note: &Note,
        place: &Place,
        id: &str,
        account: Account,
        exists: Option<bool>,
    ) -> Warning {
        let open = self.open(note, place, account, None, true);
        Warning::Unclaimed {
            open,
            id: id.to_owned(),
            exists,
        }
    }

    fn unsettled(&self, note: &Note, place: &Place, account: Account, suspects: Vec<Suspect>) -> Warning {
        let is_over = self.clock.now() >= note.until;
        let open = self.open(note, place, account, None, true);
        Warning::Unsettled {
            open,
            suspects,
            is_over,
        }
    }

    fn open(
        &self,
        note: &Note,
        place: &Place,
        account: Account,
        error: Option<Error>,
        earlier_run: bool,
    ) -> Open {
        let left = u64::try_from(note.until.saturating_sub(self.clock.now())).unwrap_or_default();
        Open {
            noun: note.noun.clone(),
            name: note.name.clone(),
            sent: note.sent,
            left: Duration::from_millis(left),
            place: place.clone(),
            earlier_run,
            account,
            error,
        }
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
    match failure.kind {
        Kind::Refused(Refusal::OTHER) => Some(Duration::ZERO),
        _ if !failure.is_ambiguous() => None,
        Kind::Timeout | Kind::ConnectionLost => Some(LASTS_AFTER_SILENCE),
        _ if is_gateway_timeout => Some(LASTS_AFTER_SILENCE),
        _ => Some(LASTS_AFTER_AN_ANSWER),
    }
}

fn is_refusal(failure: &Option<Error>) -> bool {
    matches!(failure, Some(failure) if matches!(failure.kind, Kind::Refused(_)))
}

/// Whether a create was sent to the account that is asked now.
fn account(note: &Note, same_key: bool, owner: Option<&str>) -> Account {
    match (note.owner.as_deref(), owner) {
        (Some(then), Some(now)) if then == now => Account::Same,
        (Some(_), Some(_)) => Account::Other,
        _ if same_key => Account::Same,
        _ => Account::Unknown,
    }
}
