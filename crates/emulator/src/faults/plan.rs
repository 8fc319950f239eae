//! The faults in force: which request each strikes, and how often it has.

use serde_json::{Value, json};

use super::{
    effect::Effect,
    fault::{Fault, SaveKind},
    root::Root,
};
use crate::wire::summary::{Call, Summary};

#[derive(Debug)]
struct Entry {
    id: u64,
    fault: Fault,
    seen: u32,
    struck: u32,
}

/// A fault that strikes a request.
#[derive(Clone, Debug)]
pub(crate) struct Strike {
    pub(crate) on: Root,
    pub(crate) effects: Vec<Effect>,
}

/// All faults, in the order they were added.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    entries: Vec<Entry>,
    next: u64,
}

impl Plan {
    pub(crate) fn add(&mut self, fault: Fault) -> u64 {
        self.next += 1;
        self.entries.push(Entry {
            id: self.next,
            fault,
            seen: 0,
            struck: 0,
        });
        self.next
    }

    pub(crate) fn clear(&mut self) {
        self.entries.clear();
    }

    pub(crate) fn struck(&self, id: u64) -> u32 {
        self.entries
            .iter()
            .find(|entry| entry.id == id)
            .map_or(0, |entry| entry.struck)
    }

    pub(crate) fn dump(&self) -> Value {
        let read = |entry: &Entry| json!({"id": entry.id, "fault": entry.fault, "seen": entry.seen, "struck": entry.struck});
        self.entries.iter().map(read).collect()
    }

    /// Counts a request against every fault it matches and gives the first that strikes it.
    pub(crate) fn strike(&mut self, summary: &Summary) -> Option<Strike> {
        let mut hit = None;
        for entry in &mut self.entries {
            if !matches(&entry.fault, summary) {
                continue;
            }
            entry.seen = entry.seen.saturating_add(1);
            let fault = &entry.fault;
            let reached = entry.seen >= fault.nth;
            let spent = fault.times.is_some_and(|times| entry.struck >= times);
            if hit.is_none() && reached && !spent {
                entry.struck += 1;
                hit = Some(Strike {
                    on: fault.on.clone(),
                    effects: fault.then.clone(),
                });
            }
        }
        hit
    }
}

fn matches(fault: &Fault, summary: &Summary) -> bool {
    if fault.on == Root::Any {
        return true;
    }
    if fault.on.operation().is_some() {
        let mut calls = summary.calls.iter();
        return calls.any(|call| fault.on.means(&call.field) && suits(fault, call));
    }
    let (root, child) = match fault.on.path().split_once('.') {
        Some((root, child)) => (root, Some(child)),
        None => (fault.on.path(), None),
    };
    let calls = summary.calls.iter().filter(|call| call.field == root);
    calls
        .flat_map(|call| call_parts(call, child))
        .any(|part| suits(fault, part))
}

fn call_parts<'a>(call: &'a Call, child: Option<&str>) -> Vec<&'a Call> {
    match child {
        None => vec![call],
        Some(child) => call.children.iter().filter(|part| part.field == child).collect(),
    }
}

fn suits(fault: &Fault, call: &Call) -> bool {
    let kind = call.creates().map(|creates| {
        if creates {
            SaveKind::Create
        } else {
            SaveKind::Update
        }
    });
    fault.kind.is_none_or(|wanted| Some(wanted) == kind)
        && fault
            .id
            .as_ref()
            .is_none_or(|wanted| Some(wanted) == call.id().as_ref())
        && fault
            .name
            .as_ref()
            .is_none_or(|wanted| Some(wanted) == call.name().as_ref())
}
