//! Whose an object is: what can be shown to have come of a create, what only may have, and what cannot.

use icu_normalizer::ComposingNormalizerBorrowed;

use super::{Suspect, Why, note::Note};
use crate::collection::{Collection, Listing, Object};

/// How far the API's clock and this machine's may be apart, in milliseconds, without anybody noticing.
const CLOCKS: i64 = 5_000;

/// How far they may be apart at all: what seems to be made outside the create's time by less is in doubt.
const CLOCKS_IN_DOUBT: i64 = 120_000;

/// What a list tells of a create.
#[derive(Debug)]
pub enum Verdict<O> {
    /// It shows nothing that may be its object.
    Nothing,
    /// It shows its object.
    Ours(O),
    /// It shows objects that may be its own, and none of them can be shown to be.
    Doubt(Vec<Suspect>),
}

/// When an object came to be, seen from a create.
#[derive(Clone, Copy, PartialEq)]
enum Made {
    /// In the time in which the create could make something.
    InTime,
    /// So little outside of it that wrong clocks may be the reason.
    Nearly,
    /// At another time.
    Outside,
    /// The API does not tell, and it was first seen after the create's time.
    Untold,
}

/// Looks through a list that was begun at `begun` (milliseconds since 1970) for what a create made. What is in a state
/// is nobody's to take.
///
/// An object that is new, of the name, made in time and as asked is its own, if it is the only one. Where the API does
/// not say when an object was made, one that is new in a list within the create's time was made in time.
pub fn judge<C: Collection + ?Sized>(
    api: &C,
    listing: &Listing<C::Object>,
    begun: i64,
    note: &Note,
    is_in_a_state: impl Fn(&str) -> bool,
) -> Verdict<C::Object> {
    let (mut own, mut suspects) = (Vec::new(), Vec::new());
    let new = listing.objects.iter().filter(|object| {
        same_name(object.name(), &note.name)
            && !note.known.contains(object.id())
            && !is_in_a_state(object.id())
    });
    for object in new {
        let why = match (
            made(object.created_at(), begun, note),
            api.is_as_asked(&note.asked, object),
        ) {
            (Made::InTime, true) => {
                own.push(object);
                continue;
            }
            (Made::Outside, _) | (Made::Nearly, false) => continue,
            (Made::InTime | Made::Untold, false) => Why::Differs,
            (Made::Nearly, true) => Why::Clocks,
            (Made::Untold, true) => Why::Undated,
        };
        suspects.push(suspect(object, why));
    }
    let rivals = suspects.iter().any(|suspect| suspect.why != Why::Differs);
    match own.as_slice() {
        [] if suspects.is_empty() => Verdict::Nothing,
        [only] if !rivals && !listing.is_capped => Verdict::Ours((*only).clone()),
        _ => {
            let why = if own.len() == 1 && !rivals {
                Why::ListCut
            } else {
                Why::Equal
            };
            let own = own.into_iter().map(|object| suspect(object, why));
            Verdict::Doubt(own.chain(suspects.iter().cloned()).collect())
        }
    }
}

/// Whether two names may be one: the API may add or drop a ` -fb` suffix (API facts 4.6) and blanks, and normalise.
pub fn same_name(one: &str, other: &str) -> bool {
    plain(one) == plain(other)
}

/// A name without what the API may add to it or take from it.
pub fn plain(name: &str) -> String {
    let name = name.trim();
    let name = name.strip_suffix(" -fb").unwrap_or(name);
    ComposingNormalizerBorrowed::new_nfc()
        .normalize(name)
        .into_owned()
}

fn suspect(object: &impl Object, why: Why) -> Suspect {
    Suspect {
        id: object.id().to_owned(),
        name: object.name().to_owned(),
        why,
    }
}

fn made(created_at: Option<i64>, begun: i64, note: &Note) -> Made {
    let Some(created_at) = created_at else {
        return if begun <= note.until {
            Made::InTime
        } else {
            Made::Untold
        };
    };
    // The API's own clock tells more than ours, unless it is ahead of it.
    let newest = note.newest.map_or(i64::MIN, |newest| newest.min(note.sent));
    let from = note.sent.saturating_sub(CLOCKS).max(newest);
    let until = note.until.saturating_add(CLOCKS);
    if (from..=until).contains(&created_at) {
        return Made::InTime;
    }
    let from = note.sent.saturating_sub(CLOCKS_IN_DOUBT);
    // Machines of one API differ little.
    let from = from.max(newest.saturating_sub(CLOCKS));
    let until = note.until.saturating_add(CLOCKS_IN_DOUBT);
    if (from..=until).contains(&created_at) {
        Made::Nearly
    } else {
        Made::Outside
    }
}
