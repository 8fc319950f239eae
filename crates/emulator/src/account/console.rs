//! The console: rows are put, edited and taken away without any of the APIs' rules.

use serde::{Serialize, de::DeserializeOwned};

use super::{
    lag::Row,
    rows::{StoredEndpoint, StoredRegistryAuth, StoredSecret, StoredTemplate, StoredVolume},
    store::{Data, Store, new_id, now},
};

/// A row that the console can write.
pub(crate) trait ConsoleRow: Row + Serialize + DeserializeOwned + Send + 'static {
    /// What it is called in a message.
    const NOUN: &str;

    /// The rows of its kind.
    fn rows(data: &mut Data) -> &mut Vec<Self>;

    /// Gives it an id and a time where it has none.
    fn complete(&mut self, data: &Data);

    /// Takes it away.
    fn take(store: &mut Store, id: &str) -> bool {
        let rows = Self::rows(&mut store.data);
        let before = rows.len();
        rows.retain(|row| row.id() != id);
        rows.len() < before
    }
}

fn fill(field: &mut String, value: impl FnOnce() -> String) {
    if field.is_empty() {
        *field = value();
    }
}

macro_rules! console_row {
    ($row:ty, $noun:literal, $rows:ident, $length:literal) => {
        impl ConsoleRow for $row {
            const NOUN: &str = $noun;

            fn rows(data: &mut Data) -> &mut Vec<Self> {
                &mut data.$rows
            }

            fn complete(&mut self, _: &Data) {
                fill(&mut self.id, || new_id($length));
            }
        }
    };
}

console_row!(StoredTemplate, "template", templates, 10);
console_row!(StoredVolume, "network volume", volumes, 10);
console_row!(StoredRegistryAuth, "registry credential", registry_auths, 25);

impl ConsoleRow for StoredSecret {
    const NOUN: &str = "secret";

    fn rows(data: &mut Data) -> &mut Vec<Self> {
        &mut data.secrets
    }

    fn complete(&mut self, _: &Data) {
        fill(&mut self.id, || new_id(12));
        fill(&mut self.created_at, now);
    }
}

impl ConsoleRow for StoredEndpoint {
    const NOUN: &str = "endpoint";

    fn rows(data: &mut Data) -> &mut Vec<Self> {
        &mut data.endpoints
    }

    fn complete(&mut self, data: &Data) {
        fill(&mut self.id, || new_id(14));
        fill(&mut self.created_at, now);
        fill(&mut self.user_id, || data.user_id.clone());
    }

    fn take(store: &mut Store, id: &str) -> bool {
        store.remove(id)
    }
}

impl Store {
    /// Stores a row as it is and gives its id; it replaces one of the same id where that stands.
    pub(crate) fn put<T: ConsoleRow>(&mut self, mut row: T) -> String {
        row.complete(&self.data);
        let id = row.id().to_owned();
        let rows = T::rows(&mut self.data);
        match rows.iter_mut().find(|kept| kept.id() == id) {
            Some(kept) => *kept = row,
            None => rows.push(row),
        }
        id
    }

    /// Takes a row away; false when there is none of this id.
    pub(crate) fn take<T: ConsoleRow>(&mut self, id: &str) -> bool {
        T::take(self, id)
    }

    /// Changes a row; none when there is none of this id.
    pub(crate) fn edit<T: ConsoleRow, R>(&mut self, id: &str, change: impl FnOnce(&mut T) -> R) -> Option<R> {
        T::rows(&mut self.data)
            .iter_mut()
            .find(|row| row.id() == id)
            .map(change)
    }
}
