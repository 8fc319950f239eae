//! A journal of creates that were begun, so that one that was cut off is found again by the next run.
//!
//! If Terraform is killed while an endpoint is being created, nobody is left to put its id into the state. The
//! journal is written before the create is sent: what was asked for, and which endpoints bore the name before. The
//! next run's create of that name then adopts what came of it, once the provider that the killed Terraform may have
//! left behind is done with it. An entry is dropped when the create came to nothing, or once its endpoint is seen in
//! the state. It holds no key, only a digest that tells accounts apart.

use std::{
    collections::HashMap,
    fs::{self, File},
    io::{self, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
    time::{SystemTime, UNIX_EPOCH},
};

use serde::{Deserialize, Serialize};

/// One create.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// The account that it was sent to, see [`Journal::open`].
    pub account: String,
    /// The name asked for.
    pub name: String,
    /// What was asked for, as `saveEndpoint` takes it.
    pub input: serde_json::Value,
    /// Endpoints that bore the name before.
    pub known: Vec<String>,
    /// The endpoint that it made, once the API has said so.
    pub id: Option<String>,
    /// When it was begun, in seconds since 1970.
    pub begun: u64,
    /// The process of the Terraform that it was begun for.
    #[serde(default)]
    pub run: u32,
}

/// How it stands with an interrupted create.
#[derive(Debug)]
pub enum Standing {
    /// The provider that an earlier, killed Terraform has left behind still waits for the answer.
    UnderWay,
    /// Nobody works on it any more, and this is known of it.
    Over(Entry),
    /// It came to nothing.
    Nothing,
}

/// The journal of one account in one directory.
#[derive(Debug)]
pub struct Journal {
    directory: PathBuf,
    account: String,
    interrupted: Mutex<HashMap<PathBuf, Entry>>,
}

/// The journal's hold on a create that is under way.
#[derive(Debug)]
pub struct Begun {
    /// Locked as long as the create is under way.
    file: File,
    path: PathBuf,
    entry: Entry,
}

impl Journal {
    /// Opens the journal in `directory`, which need not exist. `account` tells accounts apart and is no secret.
    ///
    /// Entries that cannot be read are left alone.
    pub fn open(directory: &Path, account: &str) -> Self {
        let entries = fs::read_dir(directory).into_iter().flatten().flatten();
        let read = |path: PathBuf| {
            let file = File::open(&path).ok()?;
            let is_under_way = file.try_lock_shared().is_err();
            let entry: Entry = serde_json::from_reader(file).ok()?;
            // A create that is under way in another process of this run is not an interrupted one.
            let is_of_this_run = is_under_way && entry.run == this_run();
            (entry.account == account && !is_of_this_run).then_some((path, entry))
        };
        let interrupted = entries.filter_map(|file| read(file.path())).collect();
        Self {
            directory: directory.to_owned(),
            account: account.to_owned(),
            interrupted: Mutex::new(interrupted),
        }
    }

    /// Notes a create before it is sent.
    ///
    /// # Errors
    ///
    /// The file cannot be written; the create may go on without it.
    pub fn begin(&self, name: &str, input: serde_json::Value, known: Vec<String>) -> io::Result<Begun> {
        fs::create_dir_all(&self.directory)?;
        let begun = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| since.as_secs());
        let entry = Entry {
            account: self.account.clone(),
            name: name.to_owned(),
            input,
            known,
            id: None,
            begun,
            run: this_run(),
        };
        let file = tempfile::Builder::new()
            .prefix("create-")
            .suffix(".json")
            .tempfile_in(&self.directory)?;
        file.as_file().lock()?;
        let (mut file, path) = file.keep().map_err(|kept| kept.error)?;
        write(&mut file, &entry)?;
        Ok(Begun { file, path, entry })
    }

    /// The creates of earlier runs that may have left an endpoint of that name.
    pub fn interrupted(&self, name: &str) -> Vec<Entry> {
        self.entries()
            .values()
            .filter(|entry| entry.name == name)
            .cloned()
            .collect()
    }

    /// How it stands with an interrupted create now.
    pub fn standing(&self, entry: &Entry) -> Standing {
        let mut entries = self.entries();
        let Some((path, known)) = entries.iter_mut().find(|(_, other)| *other == entry) else {
            return Standing::Nothing;
        };
        let Ok(file) = File::open(path) else {
            return Standing::Nothing;
        };
        if file.try_lock_shared().is_err() {
            return Standing::UnderWay;
        }
        if let Ok(entry) = serde_json::from_reader(file) {
            *known = entry;
        }
        Standing::Over(known.clone())
    }

    /// Forgets an interrupted create: it came to nothing, or its endpoint is accounted for.
    pub fn forget(&self, entry: &Entry) {
        self.forget_where(|other| other == entry);
    }

    /// Forgets the create of an endpoint that is in the state.
    pub fn seen(&self, id: &str) {
        self.forget_where(|entry| entry.id.as_deref() == Some(id));
    }

    /// Notes which endpoint an interrupted create turned out to have made.
    pub fn found(&self, entry: &Entry, id: &str) {
        for (path, other) in self.entries().iter_mut() {
            if other == entry {
                other.id = Some(id.to_owned());
                let written = File::options()
                    .write(true)
                    .open(path)
                    .and_then(|mut file| write(&mut file, other));
                warn_of(written);
            }
        }
    }

    fn forget_where(&self, matches: impl Fn(&Entry) -> bool) {
        self.entries().retain(|path, entry| {
            if matches(entry) {
                // A file that is left behind is only looked at again.
                let _ = fs::remove_file(path);
            }
            !matches(entry)
        });
    }

    fn entries(&self) -> MutexGuard<'_, HashMap<PathBuf, Entry>> {
        self.interrupted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Begun {
    /// Notes the endpoint that the create made. The entry stays until the endpoint is seen in the state.
    pub fn made(mut self, id: &str) {
        self.entry.id = Some(id.to_owned());
        warn_of(write(&mut self.file, &self.entry));
    }

    /// The create certainly made nothing.
    pub fn came_to_nothing(self) {
        // A file that is left behind is only looked at again.
        let _ = fs::remove_file(&self.path);
    }
}

/// What tells the processes of one run of Terraform from those of others that still run.
fn this_run() -> u32 {
    #[cfg(unix)]
    return std::os::unix::process::parent_id();
    #[cfg(not(unix))]
    return 0;
}

fn write(file: &mut File, entry: &Entry) -> io::Result<()> {
    let text = serde_json::to_vec(entry)?;
    file.set_len(0)?;
    file.seek(SeekFrom::Start(0))?;
    file.write_all(&text)?;
    file.sync_data()
}

/// Best effort: without the id the entry still leads to the endpoint, by its name.
fn warn_of(written: io::Result<()>) {
    if let Err(failure) = written {
        tracing::warn!(%failure, "the journal of creates could not be written");
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;
    use serde_json::json;

    #[test]
    fn an_interrupted_create_is_known_to_the_next_run_of_the_same_account() {
        let directory = tempfile::tempdir().unwrap();
        let begun = Journal::open(directory.path(), "a").begin("x", json!({"name": "x"}), vec!["old".into()]);
        assert!(
            Journal::open(directory.path(), "a").interrupted("x").is_empty(),
            "it is still under way"
        );
        drop(begun.unwrap());
        assert!(Journal::open(directory.path(), "b").interrupted("x").is_empty());
        let journal = Journal::open(directory.path(), "a");
        let entries = journal.interrupted("x");
        assert_eq!(
            entries
                .iter()
                .map(|entry| entry.known.clone())
                .collect::<Vec<_>>(),
            [["old"]]
        );
        journal.found(&entries[0], "new");
        Journal::open(directory.path(), "a").seen("new");
        assert!(Journal::open(directory.path(), "a").interrupted("x").is_empty());
    }

    #[test]
    fn a_create_that_came_to_nothing_leaves_nothing() {
        let directory = tempfile::tempdir().unwrap();
        let journal = Journal::open(&directory.path().join("made/on/demand"), "a");
        journal.begin("x", json!({}), vec![]).unwrap().came_to_nothing();
        assert!(
            Journal::open(&directory.path().join("made/on/demand"), "a")
                .interrupted("x")
                .is_empty()
        );
    }

    #[test]
    fn garbage_in_the_directory_is_passed_over() {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("create-1.json"), "{").unwrap();
        assert!(Journal::open(directory.path(), "a").interrupted("x").is_empty());
    }
}
