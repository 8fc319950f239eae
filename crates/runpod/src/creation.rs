//! Exactly one endpoint for one create.
//!
//! `saveEndpoint` has no idempotency key and names are not unique, so a create whose answer was lost must be found
//! again, not repeated. Before it is sent, the endpoints that bear the name are noted (and the [`journal`](super::journal)
//! written); after an ambiguous failure, or a refusal in words that no source confirms, the one that is new and
//! matches is adopted. Creates of one name go one after another, so that two of them never look for the same endpoint.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use serde_json::Value;

use super::{
    Call, Collection, Endpoint, EndpointWrite, Error, Kind, Listing, Refusal,
    graphql::calls::CREATE,
    journal::{Begun, Entry, Journal, Standing},
};

/// Where endpoints are created.
pub type Api<'a> = &'a dyn Collection<Object = Endpoint, Write = EndpointWrite>;

/// Pauses between looks when the API answered: the write happened or it did not, and reads lag only a little.
const LOOKS_AFTER_AN_ANSWER: [Duration; 3] = [
    Duration::from_millis(250),
    Duration::from_secs(1),
    Duration::from_secs(2),
];

/// Pauses between looks when no answer came: the API may still be working on it.
const LOOKS_AFTER_SILENCE: [Duration; 6] = [
    Duration::from_millis(250),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(4),
    Duration::from_secs(8),
    Duration::from_secs(15),
];

/// The pause between looks at a create that another process has under way.
const LOOK_AT_OTHERS: Duration = Duration::from_millis(250);

/// The end of a create.
#[derive(Debug)]
pub struct Created {
    /// The endpoint.
    pub endpoint: Endpoint,
    /// How it came about.
    pub how: How,
}

/// How an endpoint came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// The API answered the create with it.
    Answered,
    /// The answer was lost, and the endpoint was found again.
    FoundAgain,
    /// A create of an earlier run had made it; it has what that run asked for.
    FromAnEarlierRun,
}

/// Why there is no endpoint to name.
#[derive(Debug)]
pub enum Failure {
    /// The API refused, or could not be asked: nothing was created.
    Nothing(Error),
    /// The create may have happened, but no new endpoint is seen. A later create of that name adopts it.
    Unknown(Error, Unseen),
    /// Several endpoints may be the one created: their ids.
    Several(Vec<String>, Option<Error>),
}

/// Why an endpoint that may have been created is not seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unseen {
    /// The whole list lacks it, so far.
    NotListed,
    /// The list is cut after the oldest endpoints, so that a new one cannot show.
    BeyondCap,
    /// The list could not be read.
    NotRead,
}

/// Creates endpoints, each once.
#[derive(Debug)]
pub struct Creator {
    journal: Journal,
    turns: Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>,
    claimed: Mutex<HashSet<String>>,
}

impl Creator {
    /// Creates are noted in `journal`.
    pub fn new(journal: Journal) -> Self {
        Self {
            journal,
            turns: Mutex::default(),
            claimed: Mutex::default(),
        }
    }

    /// Notes that an endpoint is in the state, so that no create adopts it.
    pub fn seen(&self, id: &str) {
        self.journal.seen(id);
        self.claim(id);
    }

    /// Notes that Terraform has got every answer: none of the creates is to be looked for by a later run.
    pub fn delivered(&self) {
        self.journal.delivered();
    }

    /// Creates the endpoint, or finds the one that an earlier attempt has created.
    ///
    /// # Errors
    ///
    /// See [`Failure`].
    pub async fn create(&self, api: Api<'_>, call: &Call, input: &EndpointWrite) -> Result<Created, Failure> {
        let name = input.name.clone().unwrap_or_default();
        let turn = self.turn(&name);
        let _turn = turn.lock().await;
        for entry in self.journal.interrupted(&name) {
            if let Some(entry) = self.outlast(call, entry).await?
                && let Some(endpoint) = self.find_interrupted(api, call, &entry).await?
            {
                return Ok(Created {
                    endpoint,
                    how: How::FromAnEarlierRun,
                });
            }
        }
        let account = api.list(call).await.map_err(Failure::Nothing)?;
        // A list may lag behind what this process has made already.
        let mut known = self.claimed().clone();
        known.extend(bearers(&account, &name).map(|endpoint| endpoint.id.clone()));
        let asked = api.asked(input);
        let begun = self.begin(&name, &asked, &known);
        match api.create(call, input).await {
            Ok(endpoint) => {
                self.made(begun, &endpoint.id);
                Ok(Created {
                    endpoint,
                    how: How::Answered,
                })
            }
            Err(failure) => {
                let endpoint = if failure.is_ambiguous() || failure.kind == Kind::Refused(Refusal::OTHER) {
                    self.find_again(api, call, &asked, &known, failure).await
                } else {
                    Err(Failure::Nothing(failure))
                };
                match endpoint {
                    Ok(endpoint) => {
                        self.made(begun, &endpoint.id);
                        Ok(Created {
                            endpoint,
                            how: How::FoundAgain,
                        })
                    }
                    Err(failure) => {
                        match (&failure, begun) {
                            (Failure::Nothing(_), Some(begun)) => begun.came_to_nothing(),
                            (_, Some(begun)) => self.journal.left_open(begun),
                            (_, None) => {}
                        }
                        Err(failure)
                    }
                }
            }
        }
    }

    async fn find_again(
        &self,
        api: Api<'_>,
        call: &Call,
        asked: &Value,
        known: &HashSet<String>,
        failure: Error,
    ) -> Result<Endpoint, Failure> {
        let pauses: &[Duration] = match failure.kind {
            Kind::Timeout | Kind::ConnectionLost => &LOOKS_AFTER_SILENCE,
            Kind::Refused(_) => &[],
            _ => &LOOKS_AFTER_AN_ANSWER,
        };
        let look = Call::last_look();
        let mut unseen = Unseen::NotRead;
        for pause in std::iter::once(None).chain(pauses.iter().map(Some)) {
            if let Some(pause) = pause
                && !call.pause(*pause).await
            {
                break;
            }
            let look = if pause.is_none() { &look } else { call };
            let Ok(account) = api.fresh_list(look).await else {
                continue;
            };
            unseen = if account.is_capped {
                Unseen::BeyondCap
            } else {
                Unseen::NotListed
            };
            match self.candidates(api, &account, asked, known).as_slice() {
                [] => {}
                [endpoint] => return Ok((*endpoint).clone()),
                several => return Err(Failure::Several(ids(several), Some(failure))),
            }
        }
        match failure.kind {
            Kind::Refused(_) if unseen != Unseen::NotRead => Err(Failure::Nothing(failure)),
            _ => Err(Failure::Unknown(failure, unseen)),
        }
    }

    /// Waits until nobody works on an interrupted create any more; nothing where it came to nothing.
    async fn outlast(&self, call: &Call, entry: Entry) -> Result<Option<Entry>, Failure> {
        loop {
            match self.journal.standing(&entry) {
                Standing::Over(entry) => return Ok(Some(*entry)),
                Standing::Nothing => return Ok(None),
                Standing::UnderWay if call.pause(LOOK_AT_OTHERS).await => {}
                Standing::UnderWay => {
                    let kind = if call.cancelled.is_cancelled() {
                        Kind::Cancelled
                    } else {
                        Kind::DeadlineExceeded
                    };
                    let words = "an earlier run was killed, and its provider is still creating this endpoint";
                    return Err(Failure::Nothing(Error::new(CREATE, kind, words)));
                }
            }
        }
    }

    async fn find_interrupted(
        &self,
        api: Api<'_>,
        call: &Call,
        entry: &Entry,
    ) -> Result<Option<Endpoint>, Failure> {
        if entry.id.as_ref().is_some_and(|id| self.is_claimed(id)) {
            // It is another resource's, which may still be on its way into the state.
            return Ok(None);
        }
        let account = api.fresh_list(call).await.map_err(Failure::Nothing)?;
        let endpoint = match &entry.id {
            Some(id) => match account.by_id(id) {
                Some(endpoint) => Some(endpoint.clone()),
                None => api.find(call, id).await.map_err(Failure::Nothing)?,
            },
            None => match self
                .candidates(api, &account, &entry.input, &entry.known)
                .as_slice()
            {
                [] if account.is_capped => {
                    let words = "an earlier run was cut off while it created this endpoint";
                    let failure = Error::new(CREATE, Kind::Incomplete, words);
                    return Err(Failure::Unknown(failure, Unseen::BeyondCap));
                }
                [] => None,
                [endpoint] => Some((*endpoint).clone()),
                several => return Err(Failure::Several(ids(several), None)),
            },
        };
        match &endpoint {
            Some(endpoint) => {
                self.journal.found(entry, &endpoint.id);
                self.claim(&endpoint.id);
            }
            None => self.journal.forget(entry),
        }
        Ok(endpoint)
    }

    /// The endpoints that a create may have made: of its name, not known before, not another's, and as asked for.
    fn candidates<'a>(
        &self,
        api: Api<'_>,
        account: &'a Listing<Endpoint>,
        asked: &'a Value,
        known: &HashSet<String>,
    ) -> Vec<&'a Endpoint> {
        let name = asked.get("name").and_then(Value::as_str).unwrap_or_default();
        let new = bearers(account, name)
            .filter(|endpoint| !known.contains(&endpoint.id) && !self.is_claimed(&endpoint.id));
        new.filter(|endpoint| api.is_as_asked(asked, endpoint)).collect()
    }

    fn begin(&self, name: &str, asked: &Value, known: &HashSet<String>) -> Option<Begun> {
        let begun = self.journal.begin(name, asked.clone(), known.clone());
        begun
            .inspect_err(|failure| tracing::warn!(%failure, "the create could not be noted in the journal"))
            .ok()
    }

    fn made(&self, begun: Option<Begun>, id: &str) {
        self.claim(id);
        if let Some(begun) = begun {
            self.journal.made(begun, id);
        }
    }

    fn turn(&self, name: &str) -> Arc<tokio::sync::Mutex<()>> {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        turns.entry(name.to_owned()).or_default().clone()
    }

    /// The endpoints that Terraform has, as far as this process knows.
    fn claimed(&self) -> MutexGuard<'_, HashSet<String>> {
        self.claimed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn claim(&self, id: &str) {
        self.claimed().insert(id.to_owned());
    }

    fn is_claimed(&self, id: &str) -> bool {
        self.claimed().contains(id)
    }
}

fn ids(endpoints: &[&Endpoint]) -> Vec<String> {
    endpoints.iter().map(|endpoint| endpoint.id.clone()).collect()
}

/// The endpoints of that name, a ` -fb` suffix left aside: the API may add or drop it (API facts 4.6).
fn bearers<'a>(account: &'a Listing<Endpoint>, name: &'a str) -> impl Iterator<Item = &'a Endpoint> {
    let bare = |name: &'a str| name.strip_suffix(" -fb").unwrap_or(name);
    account
        .objects
        .iter()
        .filter(move |endpoint| bare(&endpoint.name) == bare(name))
}
