//! What there was before a create, from one list for all creates of a kind.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    time::Duration,
};

use tokio::time::Instant;

use super::{Creator, Failure, WaitingFor, evidence::plain, locked, stopped};
use crate::{
    Call,
    collection::{Collection, Listing, Object},
};

/// How old the list may be that tells which objects bore a name before: long enough for all creates of an apply.
const LIST_KEPT: Duration = Duration::from_secs(300);

/// What there was before creates of a kind.
#[derive(Clone, Debug)]
pub(super) struct Before {
    listed: Instant,
    pub(super) owner: Option<String>,
    /// Ids by plain name.
    pub(super) bearers: HashMap<String, BTreeSet<String>>,
    /// Every id, whatever its name.
    pub(super) ids: HashSet<String>,
    /// See [`Note::newest`](super::Note::newest).
    pub(super) newest: Option<i64>,
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

impl Creator {
    /// What there was before a create, from one list for all creates of the kind.
    pub(super) async fn before<C: Collection + ?Sized>(
        &self,
        api: &C,
        call: &Call,
    ) -> Result<Before, Failure> {
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
    pub(super) fn remember(&self, noun: &'static str, object: &impl Object) {
        let before = locked(&self.before).entry(noun).or_default().clone();
        // Where a list is just being fetched, it is known for having been claimed.
        if let Ok(mut before) = before.try_lock()
            && let Some(before) = before.as_mut()
        {
            before.add(object);
        }
    }
}
