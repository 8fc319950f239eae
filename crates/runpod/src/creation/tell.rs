//! What is to be told of a create, put together from its note.

use std::time::Duration;

use super::{Account, Creator, Note, Open, Place, State, Suspect, Warning};
use crate::{Error, collection::Object};

impl Creator {
    pub(super) fn adopted(
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

    pub(super) fn unclaimed(
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

    pub(super) fn unsettled(
        &self,
        note: &Note,
        place: &Place,
        account: Account,
        suspects: Vec<Suspect>,
    ) -> Warning {
        let is_over = self.clock.now() >= note.until;
        let open = self.open(note, place, account, None, true);
        Warning::Unsettled {
            open,
            suspects,
            is_over,
        }
    }

    pub(super) fn open(
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
}
