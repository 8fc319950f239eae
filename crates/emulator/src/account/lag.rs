//! Reads that lag: rows that some reads do not show yet, and deleted ones that some still do.

use std::collections::HashMap;

use super::rows::{StoredEndpoint, StoredRegistryAuth, StoredSecret, StoredTemplate, StoredVolume};

/// A row of the account.
pub(crate) trait Row: Clone {
    /// Its id.
    fn id(&self) -> &str;
}

macro_rules! rows {
    ($($row:ty),*) => {
        $(impl Row for $row {
            fn id(&self) -> &str {
                &self.id
            }
        })*
    };
}

rows!(
    StoredEndpoint,
    StoredTemplate,
    StoredVolume,
    StoredRegistryAuth,
    StoredSecret
);

/// What reads of one noun miss and still see; counted in reads.
#[derive(Clone, Debug)]
pub(crate) struct Lag<T> {
    hidden: HashMap<String, u32>,
    lingering: Vec<(T, u32)>,
}

impl<T> Default for Lag<T> {
    fn default() -> Self {
        Self {
            hidden: HashMap::new(),
            lingering: Vec::new(),
        }
    }
}

impl<T: Row> Lag<T> {
    /// Hides a new row from so many reads.
    pub(crate) fn created(&mut self, row: &T, reads: u32) {
        if reads > 0 {
            self.hidden.insert(row.id().to_owned(), reads);
        }
    }

    /// Shows a deleted row to so many more reads.
    pub(crate) fn removed(&mut self, row: T, reads: u32) {
        if reads > 0 {
            self.lingering.push((row, reads));
        }
    }

    /// What a list shows of these rows.
    pub(crate) fn list(&mut self, rows: &[T]) -> Vec<T> {
        let mut shown: Vec<T> = Vec::new();
        for row in rows {
            if self.shows(row.id()) {
                shown.push(row.clone());
            }
        }
        for (row, reads) in &mut self.lingering {
            *reads -= 1;
            shown.push(row.clone());
        }
        self.lingering.retain(|(_, reads)| *reads > 0);
        shown
    }

    /// What a read by id finds among these rows.
    pub(crate) fn find(&mut self, rows: &[T], id: &str) -> Option<T> {
        if let Some(row) = rows.iter().find(|row| row.id() == id) {
            return self.shows(id).then(|| row.clone());
        }
        let (row, reads) = self.lingering.iter_mut().find(|(row, _)| row.id() == id)?;
        *reads -= 1;
        let row = row.clone();
        self.lingering.retain(|(_, reads)| *reads > 0);
        Some(row)
    }

    fn shows(&mut self, id: &str) -> bool {
        match self.hidden.get_mut(id) {
            Some(0) | None => true,
            Some(reads) => {
                *reads -= 1;
                false
            }
        }
    }
}
