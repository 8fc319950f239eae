//! The creates that earlier runs have left behind: what one of them means for a create of its name, and what is told of
//! them in every run.

use std::{collections::BTreeSet, time::Duration};

use super::{
    Account, Creator, Failure, Interrupted, Note, Place, Standing, State, Suspect, WaitingFor, Warning, Why,
    evidence::Verdict, look::Look, stopped,
};
use crate::{
    Call,
    collection::{Collection, Object},
};

/// The pause between looks at a create that another process has under way.
const LOOK_AT_OTHERS: Duration = Duration::from_millis(250);

impl Creator {
    /// What an earlier run's create made; nothing where it is no concern of a create of this run, which may go on.
    pub(super) async fn settle<C: Collection + ?Sized>(
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
    pub(super) async fn outlast(&self, call: &Call, place: &Place) -> Result<Option<Note>, Failure> {
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

    pub(super) async fn review_one<C: Collection + ?Sized>(
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

    pub(super) fn under_way(&self, noun: &str, place: &Place) -> Option<Warning> {
        let mut interrupted = self.journal.interrupted().into_iter();
        let Interrupted { note, .. } = interrupted.find(|other| other.place == *place)?;
        (note.noun == noun).then(|| Warning::UnderWay(self.open(&note, place, Account::Unknown, None, true)))
    }
}
