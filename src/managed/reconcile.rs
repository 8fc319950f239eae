//! State and API, compared: what a read makes of the state, what a write leaves behind, and what an update has to do.

use tf_provider::value::Value;

use super::{
    attribute::{Attribute, Mode},
    noun::Noun,
    value::{Attributes, Datum, text},
};
use runpod::collection::Object;
use std::collections::{BTreeMap, BTreeSet};

type Echo = BTreeMap<String, Value<Datum>>;

/// A difference that nobody asked for: the attribute and what there is instead.
#[derive(Debug)]
pub struct Deviation {
    /// The attribute's name.
    pub name: &'static str,
    /// What there is and what was to be, for a sentence.
    pub sentence: String,
}

/// What the object has, as attributes; `like` is what the state has or is to have, since some of the API's values may
/// stand in either of two attributes.
pub fn found<N: Noun>(object: &N::Object, like: &Attributes) -> Attributes {
    let mut found = Attributes::default();
    for row in N::table() {
        found.set(row.name, (row.read)(object));
    }
    N::place(object, &mut found, like);
    found
}

fn holds<R, W>(echo: &Echo, row: &Attribute<R, W>, read: &Value<Datum>) -> bool {
    echo.get(row.name) == Some(read)
}

/// The state after a read: what the object has, in the state's spelling where that means the same or where the API
/// still gives its echo, and the echoes that hold.
pub fn refresh<N: Noun>(state: &Attributes, echo: &Echo, object: &N::Object) -> (Attributes, Echo) {
    let found = found::<N>(object, state);
    let (mut refreshed, mut kept) = (state.clone(), Echo::new());
    refreshed.set("id", text(Some(object.id())));
    // An import knows nothing, and holds what the API holds.
    let is_import = N::table().iter().all(|row| state.get(row.name).is_null());
    for row in N::table().iter().filter(|row| row.is_of_resource()) {
        let (was, is) = (state.get(row.name), found.get(row.name));
        let echoed = holds(echo, row, is);
        if echoed {
            kept.insert(row.name.to_owned(), is.clone());
        }
        // Where the state has nothing, it takes what the API holds, also where that means as much as nothing; but
        // variables of Runpod's own are nobody's.
        let is_left = was.is_value() || row.spelling.has_variables() && !is_import;
        let keeps = is.is_unknown() || echoed || is_left && row.same(was, is);
        let value = if keeps { was } else { is };
        refreshed.set(row.name, some(row, value));
    }
    N::derive(&mut refreshed);
    (refreshed, kept)
}

/// The variables of a configuration that Runpod might have added itself.
pub fn variables<N: Noun>(config: &Attributes) -> BTreeSet<String> {
    let rows = N::table().iter();
    rows.flat_map(|row| row.spelling.platform_keys(config.get(row.name)))
        .collect()
}

/// The value as a state has it: what is not known, or an empty text where none is meant, is nothing.
fn some<R, W>(row: &Attribute<R, W>, value: &Value<Datum>) -> Value<Datum> {
    match value {
        Value::Unknown => Value::Null,
        Value::Value(Datum::Text(empty)) if empty.is_empty() && row.mode != Mode::Required => Value::Null,
        value => value.clone(),
    }
}

/// The state after a write, which must be what was planned: unknowns are filled in, another spelling becomes the
/// echo, and anything else that differs is told, and is drift at the next read.
pub fn settle<N: Noun>(planned: &Attributes, object: &N::Object) -> (Attributes, Echo, Vec<Deviation>) {
    let found = found::<N>(object, planned);
    let (mut settled, mut echo, mut deviations) = (planned.clone(), Echo::new(), Vec::new());
    settled.set("id", text(Some(object.id())));
    for row in N::table().iter().filter(|row| row.is_of_resource()) {
        let (wanted, is) = (planned.get(row.name), found.get(row.name));
        if wanted.is_unknown() {
            settled.set(row.name, some(row, is));
        } else if is.is_unknown() || row.same(wanted, is) {
            continue;
        } else if row.is_echo(wanted, is) {
            echo.insert(row.name.to_owned(), is.clone());
        } else {
            deviations.push(Deviation {
                name: row.name,
                sentence: row.change(wanted, is),
            });
        }
    }
    N::derive(&mut settled);
    (settled, echo, deviations)
}

/// What creates the object: every attribute that is known; the others are left to the API.
pub fn to_create<N: Noun>(config: &Attributes, planned: &Attributes) -> N::Write {
    let mut write = N::Write::default();
    for row in N::table() {
        let value = value_of(row, config, planned);
        if value.is_value() {
            (row.write)(&mut write, value);
        }
    }
    N::complete(&mut write, None, planned, None);
    write
}

/// The value to be written: one that is write-only stands in the configuration alone.
fn value_of<'a, R, W>(
    row: &Attribute<R, W>,
    config: &'a Attributes,
    planned: &'a Attributes,
) -> &'a Value<Datum> {
    if row.write_only { config } else { planned }.get(row.name)
}

/// What an update has to do.
pub struct Change<W> {
    /// What is written.
    pub write: W,
    /// Whether anything is: what the object has already is not written again.
    pub differs: bool,
    /// Attributes that the plan leaves alone and that are no longer what the plan saw.
    pub drifted: Vec<Deviation>,
}

/// What changes the object as it is now (`fresh`) from `prior` to `planned`, and nothing else.
pub fn to_update<N: Noun>(
    prior: &Attributes,
    planned: &Attributes,
    config: &Attributes,
    echo: &Echo,
    fresh: &N::Object,
) -> Change<N::Write> {
    let found = found::<N>(fresh, &N::looked_for(prior, planned));
    let mut change = Change {
        write: N::Write::default(),
        differs: false,
        drifted: Vec::new(),
    };
    for row in N::table().iter().filter(|row| row.is_configurable()) {
        let (was, wanted, is) = (prior.get(row.name), planned.get(row.name), found.get(row.name));
        if row.write_only {
            // Its version says whether it is another one: it stands in no state itself.
            let version = format!("{}_version", row.name);
            if prior.get(&version) != planned.get(&version) && config.get(row.name).is_value() {
                (row.write)(&mut change.write, config.get(row.name));
                change.differs = true;
            }
        } else if was == wanted {
            if !holds(echo, row, is) && !is.is_unknown() && !row.same(wanted, is) {
                change.drifted.push(Deviation {
                    name: row.name,
                    sentence: row.change(was, is),
                });
            }
        } else if !row.same(wanted, is) || !row.spelling.taken_away(was, wanted).is_empty() {
            (row.write)(&mut change.write, &row.spelling.with_added(wanted, is, was));
            change.differs = true;
        }
    }
    change.differs |= N::complete(&mut change.write, Some((prior, config)), planned, Some(fresh));
    change
}
