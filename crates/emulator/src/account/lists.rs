//! What reads show of the rows: lists in their order, endpoints by id, deletions that are refused for a while.

use super::{
    lag::Row,
    rows::{StoredEndpoint, StoredRegistryAuth, StoredSecret, StoredTemplate, StoredVolume},
    store::Store,
    switches::ListOrder,
};

/// The most endpoints `myself.endpoints` lists (API facts 1.4).
const LIST_CAP: usize = 400;

/// Rows in an order that is neither theirs nor chance: by a hash of the id (FNV-1a).
fn shuffled<T: Row>(mut rows: Vec<T>) -> Vec<T> {
    let hash = |row: &T| {
        let bytes = row.id().bytes();
        bytes.fold(0x811c_9dc5_u32, |hash, byte| {
            (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
        })
    };
    rows.sort_by_key(hash);
    rows
}

impl Store {
    /// What `myself.endpoints` lists: oldest first, no more than the cap.
    pub(crate) fn list_endpoints(&mut self) -> Vec<StoredEndpoint> {
        let mut shown = self.all_endpoints();
        shown.truncate(LIST_CAP);
        self.ordered(shown, false)
    }

    /// All endpoints that a list shows, oldest first.
    pub(crate) fn all_endpoints(&mut self) -> Vec<StoredEndpoint> {
        let mut shown = Vec::new();
        for row in &mut self.data.endpoints {
            if row.hidden_reads > 0 {
                row.hidden_reads -= 1;
            } else {
                shown.push(row.clone());
            }
        }
        for gone in &mut self.data.lingering {
            gone.reads -= 1;
            shown.push(gone.row.clone());
        }
        self.data.lingering.retain(|gone| gone.reads > 0);
        shown.sort_by(|a, b| a.created_at.cmp(&b.created_at));
        shown
    }

    /// What a read of this endpoint finds.
    pub(crate) fn find_endpoint(&mut self, id: &str) -> Option<StoredEndpoint> {
        if let Some(row) = self.data.endpoints.iter_mut().find(|row| row.id == id) {
            if row.hidden_reads == 0 {
                return Some(row.clone());
            }
            row.hidden_reads -= 1;
            return None;
        }
        let gone = self.data.lingering.iter_mut().find(|gone| gone.row.id == id)?;
        gone.reads -= 1;
        let row = gone.row.clone();
        self.data.lingering.retain(|gone| gone.reads > 0);
        Some(row)
    }

    /// Rows in the order that a list of GraphQL, or of REST v2, shows them.
    pub(crate) fn ordered<T: Row>(&self, rows: Vec<T>, is_rest: bool) -> Vec<T> {
        match self.switches.list_order {
            ListOrder::Shuffled => shuffled(rows),
            ListOrder::RestShuffled if is_rest => shuffled(rows),
            _ => rows,
        }
    }

    /// What a list shows of the templates.
    pub(crate) fn list_templates(&mut self) -> Vec<StoredTemplate> {
        let mut rows = self.template_lag.list(&self.data.templates);
        // Public templates of others can be read, and are nobody else's.
        rows.retain(|row| !row.is_runpod);
        rows
    }

    /// What a list shows of the network volumes.
    pub(crate) fn list_volumes(&mut self) -> Vec<StoredVolume> {
        self.volume_lag.list(&self.data.volumes)
    }

    /// What a list shows of the registry credentials.
    pub(crate) fn list_registries(&mut self) -> Vec<StoredRegistryAuth> {
        self.registry_lag.list(&self.data.registry_auths)
    }

    /// What a list shows of the secrets.
    pub(crate) fn list_secrets(&mut self) -> Vec<StoredSecret> {
        self.secret_lag.list(&self.data.secrets)
    }

    /// Whether a deletion that nothing stands against is refused all the same, as the switch wants it.
    pub(crate) fn refuses_once_more(&mut self, id: &str) -> bool {
        let seen = self.refused_deletes.entry(id.to_owned()).or_default();
        let refuses = *seen < self.switches.in_use_attempts;
        *seen += u32::from(refuses);
        refuses
    }
}
