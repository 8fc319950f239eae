//! Objects that this run made a moment ago: a write that refers to one may not find it yet.

use std::{
    sync::{Mutex, PoisonError},
    time::Instant,
};

use super::{
    private::SETTLING,
    value::{Attributes, Datum},
};

/// The ids of the objects that this run made, each with when it did.
#[derive(Default)]
pub struct Recent(Mutex<Vec<(String, Instant)>>);

impl Recent {
    /// Notes that an object was made just now.
    pub fn made(&self, id: &str) {
        let mut made = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        made.push((id.to_owned(), Instant::now()));
    }

    /// Whether one of the attributes is, or has, the id of an object so new that reads may lag behind its create.
    pub fn is_in(&self, attributes: &Attributes) -> bool {
        let made = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let texts: Vec<&str> = attributes
            .0
            .values()
            .filter_map(|value| value.as_ref_option())
            .flat_map(|datum: &Datum| datum.as_text().into_iter().chain(datum.as_texts()))
            .collect();
        made.iter()
            .any(|(id, when)| when.elapsed() < SETTLING && texts.contains(&id.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::managed::value::text;
    use tf_provider::value::Value;

    #[test]
    fn an_object_that_was_just_made_is_found_wherever_its_id_stands() {
        let recent = Recent::default();
        recent.made("xkhgg72fuo");
        let with = |name: &str, value: Value<Datum>| {
            let mut attributes = Attributes::default();
            attributes.set(name, value);
            attributes
        };
        assert!(recent.is_in(&with("template_id", text(Some("xkhgg72fuo")))));
        let many = Value::Value(Datum::texts(["a", "xkhgg72fuo"]));
        assert!(recent.is_in(&with("network_volume_ids", many)));
        assert!(!recent.is_in(&with("template_id", text(Some("another")))));
    }
}
