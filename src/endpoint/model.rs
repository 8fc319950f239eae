//! HCL state and Runpod's endpoint: both ways, and what of a difference is one.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use tf_provider::value::Value;

use super::schema::ATTRIBUTES;
use crate::{
    attribute::{Attribute, Mode, change},
    value::{Attributes, Datum, text},
};
use runpod::{Endpoint, EndpointWrite};

type Row = Attribute<Endpoint, EndpointWrite>;

/// The attributes that attach volumes. The API may show one volume through either or both of its fields, so a change of
/// volumes is one of both attributes together.
const VOLUMES: [&str; 2] = ["network_volume_id", "network_volume_ids"];

/// What the resource remembers beside the state: for each attribute that the API answered in another spelling than
/// the state has, that answer. While the API still gives it, nothing has changed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Echo(BTreeMap<String, Value<Datum>>);

impl Echo {
    fn holds(&self, row: &Row, read: &Value<Datum>) -> bool {
        self.0.get(row.name) == Some(read)
    }
}

/// What the endpoint has, as attributes.
///
/// A single volume may be read through either of the API's two fields; it is put where `like` has its volumes.
pub fn read(endpoint: &Endpoint, like: &Attributes) -> Attributes {
    let mut attributes = Attributes::default();
    for row in &ATTRIBUTES {
        attributes.set(row.name, (row.read)(endpoint));
    }
    let ids = endpoint.volume_ids();
    if let [only] = ids.as_slice() {
        let (single, many) = (text(Some(*only)), Value::Value(Datum::texts([*only])));
        if like.get("network_volume_ids").is_value() {
            attributes.set("network_volume_id", Value::Null);
            attributes.set("network_volume_ids", many);
        } else if like.get("network_volume_id").is_value() {
            attributes.set("network_volume_id", single);
            attributes.set("network_volume_ids", Value::Null);
        }
    }
    attributes
}

/// The state after a read: what the endpoint has, in the spelling of `state` where it means the same or is still
/// what the API echoed. The echo that holds no longer is dropped.
pub fn refresh(state: &Attributes, echo: &Echo, endpoint: &Endpoint) -> (Attributes, Echo) {
    let found = read(endpoint, state);
    let (mut refreshed, mut remembered) = (state.clone(), Echo::default());
    refreshed.set("id", text(Some(&endpoint.id)));
    for row in &ATTRIBUTES {
        let (was, is) = (state.get(row.name), found.get(row.name));
        let holds = echo.holds(row, is);
        if holds {
            remembered.0.insert(row.name.to_owned(), is.clone());
        }
        refreshed.set(
            row.name,
            if holds || row.same(was, is) {
                was.clone()
            } else {
                is.clone()
            },
        );
    }
    (refreshed, remembered)
}

/// A change that Runpod did not carry out, or carried out otherwise: the attribute and what it holds instead.
#[derive(Debug)]
pub struct Deviation {
    /// The attribute's name.
    pub name: &'static str,
    /// What was planned and what there is, for a sentence.
    pub sentence: String,
}

/// The state after a write, which must be what was planned: unknowns are filled in, other spellings become the
/// echo, and anything else that differs is told, and left for the next read to show as drift.
pub fn settle(planned: &Attributes, endpoint: &Endpoint) -> (Attributes, Echo, Vec<Deviation>) {
    let found = read(endpoint, planned);
    let (mut settled, mut echo, mut deviations) = (planned.clone(), Echo::default(), Vec::new());
    settled.set("id", text(Some(&endpoint.id)));
    for row in &ATTRIBUTES {
        let (wanted, is) = (planned.get(row.name), found.get(row.name));
        if wanted.is_unknown() {
            settled.set(row.name, is.clone());
        } else if wanted == is || row.same(wanted, is) {
            continue;
        } else if row.respelled && is_respelling(row, wanted, is) {
            echo.0.insert(row.name.to_owned(), is.clone());
        } else {
            deviations.push(Deviation {
                name: row.name,
                sentence: change(wanted, is),
            });
        }
    }
    (settled, echo, deviations)
}

/// Whether the API's answer can be the same value in other words: both say something, or both say nothing.
fn is_respelling(row: &Row, wanted: &Value<Datum>, is: &Value<Datum>) -> bool {
    row.mode == Mode::Required || (wanted.is_value() && is.is_value())
}

/// What creates an endpoint: every attribute that is known; the others are left to the API's defaults.
pub fn to_create(planned: &Attributes) -> EndpointWrite {
    let mut input = EndpointWrite::default();
    for row in &ATTRIBUTES {
        let value = planned.get(row.name);
        if value.is_value() {
            (row.write)(&mut input, value);
        }
    }
    input
}

/// The attributes whose change from `prior` to `planned` needs another endpoint; a kind of worker is chosen by two.
pub fn replacing(prior: &Attributes, planned: &Attributes) -> Vec<&'static str> {
    let changed = ATTRIBUTES
        .iter()
        .filter(|row| row.replaces && prior.get(row.name) != planned.get(row.name));
    let mut names: Vec<&str> = changed.map(|row| row.name).collect();
    if prior.get("instance_ids").is_null() != planned.get("instance_ids").is_null() {
        names.extend(["instance_ids", "gpu_ids"]);
    }
    names
}

/// What an update has to do.
#[derive(Debug)]
pub struct Change {
    /// What to write, if anything differs.
    pub write: Option<EndpointWrite>,
    /// Attributes that the plan leaves alone and that are no longer what the plan saw.
    pub drifted: Vec<Deviation>,
}

/// The ids of all volumes, through whichever attribute they are attached.
fn volumes(attributes: &Attributes) -> BTreeSet<&str> {
    let values = VOLUMES.map(|name| attributes.get(name).as_ref_option());
    values
        .into_iter()
        .flatten()
        .flat_map(|datum| match datum.as_text() {
            Some(id) => vec![id],
            None => datum.as_texts(),
        })
        .collect()
}

/// What changes the endpoint as it is now (`fresh`) from `prior` to `planned`, and nothing else.
pub fn to_update(prior: &Attributes, planned: &Attributes, echo: &Echo, fresh: &Endpoint) -> Change {
    let found = read(fresh, planned);
    let mut input = EndpointWrite::default();
    let mut change = Change {
        write: None,
        drifted: Vec::new(),
    };
    let volumes_change = VOLUMES.iter().any(|name| prior.get(name) != planned.get(name));
    let mut differs = volumes_change && volumes(planned) != fresh.volume_ids().into_iter().collect();
    if differs {
        for row in ATTRIBUTES.iter().filter(|row| VOLUMES.contains(&row.name)) {
            (row.write)(&mut input, planned.get(row.name));
        }
    }
    for row in &ATTRIBUTES {
        if volumes_change && VOLUMES.contains(&row.name) {
            continue;
        }
        let (was, wanted, is) = (prior.get(row.name), planned.get(row.name), found.get(row.name));
        let is_planned = was != wanted;
        if !is_planned {
            if echo.holds(row, is) {
                // Sent back as the API spells it, the value might be respelled once more.
                (row.write)(&mut input, wanted);
            } else if !row.same(wanted, is) {
                change.drifted.push(Deviation {
                    name: row.name,
                    sentence: crate::attribute::change(was, is),
                });
            }
            continue;
        }
        if row.same(wanted, is) {
            continue;
        }
        (row.write)(&mut input, wanted);
        differs = true;
    }
    change.write = differs.then_some(input);
    change
}
