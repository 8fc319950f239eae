//! Looking for what a create made, until that is known or its time is over.

use std::time::Duration;

use super::{
    Account, Creator, Failure, Note, Place, State, Suspect, Unseen, Why,
    evidence::{Verdict, judge},
};
use crate::{
    Call, Error, Kind,
    collection::{Collection, Listing, Object},
};

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

/// What a look at the API's list has told.
pub(super) struct Look<O> {
    pub(super) begun: i64,
    pub(super) is_capped: bool,
    pub(super) account: Account,
    pub(super) verdict: Verdict<O>,
}

impl Creator {
    /// Looks for what a create made until that is known or its time is over; nothing where it did not happen.
    ///
    /// `failure` is why it is looked for, in the run that sent it; then "it did not happen" is that failure.
    pub(super) async fn look_until_over<C: Collection + ?Sized>(
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
    pub(super) async fn look<C: Collection + ?Sized>(
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

    /// Whose account it is, where the API tells.
    pub(super) async fn owner<C: Collection + ?Sized>(
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

    pub(super) async fn account_of<C: Collection + ?Sized>(
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
