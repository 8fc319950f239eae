//! Writes that may release an endpoint, and the workers that take a release over (V2 2.6, 3.2).

use super::{
    releases::{Change, StoredRelease, endpoint_diff, template_diff},
    rows::{StoredEndpoint, StoredTemplate, StoredWorker},
    store::{Store, new_id, now},
};

impl Store {
    /// Stores an endpoint in the place of the one of its id, or as a new one; a new version is a release.
    pub(crate) fn replace_endpoint(&mut self, row: &StoredEndpoint) {
        let diff = match self.data.endpoints.iter_mut().find(|kept| kept.id == row.id) {
            Some(kept) => {
                let diff = (kept.version != row.version).then(|| endpoint_diff(kept, row));
                kept.clone_from(row);
                diff
            }
            None => {
                self.put(row.clone());
                Some(Vec::new())
            }
        };
        if let Some(diff) = diff {
            self.released(&row.id, diff);
        }
    }

    /// Stores a template in the place of the one of its id, or as a new one; a change of what it holds beside
    /// its name is a release of every endpoint that uses it.
    pub(crate) fn put_template(&mut self, row: StoredTemplate) {
        let Some(kept) = self.data.templates.iter_mut().find(|kept| kept.id == row.id) else {
            self.template_lag
                .created(&row, self.switches.reads_before_created);
            self.data.templates.push(row);
            return;
        };
        let diff = template_diff(kept, &row);
        let id = row.id.clone();
        *kept = row;
        if diff.is_empty() {
            return;
        }
        let users = self.data.endpoints.iter_mut();
        let mut bumped = Vec::new();
        for endpoint in users.filter(|endpoint| endpoint.template_id.as_ref() == Some(&id)) {
            endpoint.version += 1;
            bumped.push(endpoint.id.clone());
        }
        for endpoint in bumped {
            self.released(&endpoint, diff.clone());
        }
    }

    /// Writes down that an endpoint was released, and lets its workers take their time.
    pub(crate) fn released(&mut self, id: &str, diff: Vec<Change>) {
        let reads = self.switches.reads_before_workers_ready;
        let Some(row) = self.data.endpoints.iter_mut().find(|row| row.id == id) else {
            return;
        };
        row.rollout_reads = reads;
        let release = StoredRelease {
            id: new_id(12),
            endpoint_id: id.to_owned(),
            version: row.version,
            worker_count: row.workers_min,
            created_at: now(),
            diff,
        };
        self.data.releases.push(release);
    }

    /// The releases of an endpoint, newest first; one that the console made has its first at least.
    pub(crate) fn releases(&self, row: &StoredEndpoint) -> Vec<StoredRelease> {
        let mut releases: Vec<_> = self
            .data
            .releases
            .iter()
            .filter(|release| release.endpoint_id == row.id)
            .cloned()
            .collect();
        if releases.is_empty() {
            releases.push(StoredRelease {
                id: format!("{}r1", row.id),
                endpoint_id: row.id.clone(),
                version: row.version,
                worker_count: row.workers_min,
                created_at: row.created_at.clone(),
                diff: Vec::new(),
            });
        }
        releases.reverse();
        releases
    }

    /// The workers of an endpoint as a read finds them: those that were put there, or else one that runs for
    /// each of `workersMin`, new after a release for as many reads as the switch says.
    pub(crate) fn workers(&mut self, id: &str, counts: bool) -> Vec<StoredWorker> {
        let Some(row) = self.data.endpoints.iter_mut().find(|row| row.id == id) else {
            return Vec::new();
        };
        if let Some(workers) = &row.workers {
            return workers.clone();
        }
        let is_new = row.rollout_reads > 0;
        if counts {
            row.rollout_reads = row.rollout_reads.saturating_sub(1);
        }
        let count = usize::try_from(row.workers_min).unwrap_or(0);
        let worker = |number: usize| StoredWorker {
            id: format!("{}w{number}", row.id),
            status: if is_new { "INITIALIZING" } else { "RUNNING" }.into(),
            is_stale: is_new && row.version > 1,
            version: Some(if is_new { row.version - 1 } else { row.version }.max(1)),
        };
        (0..count).map(worker).collect()
    }
}
