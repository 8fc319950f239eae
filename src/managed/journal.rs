//! The journal of creates: notes of creates that were begun, as files, so that one that was cut off is found again by
//! the next run.
//!
//! If Terraform is killed while an object is being created, nobody is left to put its id into the state. So each create
//! is noted before it is sent, in a file of its own below Terraform's data directory. A note is dropped when the create
//! came to nothing, when Terraform has certainly got its answer, or once its object is seen in a state. What a later run
//! does with a note that it finds is the client's [creation](runpod::creation) to say; a table there lists it all.
//!
//! Notes belong to a [`Scope`]: the workspace and the backend, since another one has another state. They hold no key,
//! only a digest that tells credentials apart, and no secret value. The lines of a file are one note at different times,
//! the last whole one counts: so a process that is killed while it writes loses nothing. The file is locked as long as
//! the create is under way.

use std::{
    collections::BTreeMap,
    fs::{self, File, TryLockError},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use serde::{Deserialize, Serialize};

use runpod::creation::{Interrupted, Journal, NotNoted, Note, Place, Standing, State};

use super::scope::Scope;

/// What the names of notes begin and end with.
const NAMED: (&str, &str) = ("create-", ".json");

/// A note as it is written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Line {
    /// Which state its object belongs into.
    scope: Scope,
    /// A digest of the credential and the address that it was sent with.
    key: String,
    /// The run of Terraform that it was begun for.
    run: String,
    /// What is known of the create.
    note: Note,
}

/// What this process has to do with a note.
#[derive(Debug)]
enum Hold {
    /// An earlier run has left it behind.
    Interrupted,
    /// Its create is under way here: the file is locked.
    UnderWay(File),
    /// Its create was begun here, and it is not known what it came to.
    Open,
    /// Its object was given to Terraform.
    Answered,
}

#[derive(Debug)]
struct Entry {
    path: PathBuf,
    line: Line,
    hold: Hold,
}

/// A journal in a directory, for one run, scope and credential.
#[derive(Debug)]
pub struct FileJournal {
    directory: PathBuf,
    scope: Scope,
    key: String,
    run: String,
    entries: Mutex<BTreeMap<Place, Entry>>,
    /// Notes that nobody can read.
    unreadable: Vec<Place>,
}

impl FileJournal {
    /// Opens the journal in `directory`, which need not exist. `key` tells credentials apart and is no secret.
    pub fn open(directory: &Path, scope: Scope, key: &str) -> Self {
        Self::in_run(directory, scope, key, this_run())
    }

    /// As [`FileJournal::open`], for a run that is told from others by `run`.
    fn in_run(directory: &Path, scope: Scope, key: &str, run: String) -> Self {
        let (mut entries, mut unreadable) = (BTreeMap::new(), Vec::new());
        for file in fs::read_dir(directory).into_iter().flatten().flatten() {
            let (path, name) = (file.path(), file.file_name());
            let name = name.to_string_lossy();
            if !(name.starts_with(NAMED.0) && name.ends_with(NAMED.1)) {
                continue;
            }
            match read(&path) {
                // What another process of this run has made, or has under way, is not interrupted.
                Ok(line) if line.run == run => {}
                Ok(line) => {
                    let hold = Hold::Interrupted;
                    entries.insert(place(&path), Entry { path, line, hold });
                }
                Err(_) => unreadable.push(place(&path)),
            }
        }
        Self {
            directory: directory.to_owned(),
            scope,
            key: key.to_owned(),
            run,
            entries: Mutex::new(entries),
            unreadable,
        }
    }

    /// The notes that cannot be read: nobody knows what they tell of.
    pub fn unreadable(&self) -> &[Place] {
        &self.unreadable
    }

    /// The notes of other workspaces and backends, which no create of this run is concerned with: where they are, which
    /// workspace they belong to, and what is noted.
    pub fn elsewhere(&self) -> Vec<(Place, String, Note)> {
        let entries = self.entries();
        let elsewhere = entries.iter().filter(|(_, entry)| {
            matches!(entry.hold, Hold::Interrupted)
                && entry.line.scope != self.scope
                && entry.line.note.state != State::Watched
        });
        let told = |(place, entry): (&Place, &Entry)| {
            let Line { scope, note, .. } = &entry.line;
            (place.clone(), scope.workspace.clone(), note.clone())
        };
        elsewhere.map(told).collect()
    }

    /// Notes that Terraform has got every answer, and with it the ids of the objects that were made.
    pub fn delivered(&self) {
        self.entries().retain(|_, entry| {
            let is_answered = matches!(entry.hold, Hold::Answered);
            !is_answered || entry.settle()
        });
    }

    fn entries(&self) -> MutexGuard<'_, BTreeMap<Place, Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note_down(&self, note: &Note) -> io::Result<(PathBuf, Entry)> {
        fs::create_dir_all(&self.directory)?;
        let line = Line {
            scope: self.scope.clone(),
            key: self.key.clone(),
            run: self.run.clone(),
            note: note.clone(),
        };
        let file = tempfile::Builder::new()
            .prefix(".")
            .tempfile_in(&self.directory)?;
        lock(file.as_file())?;
        append(file.as_file(), &line)?;
        // It gets its name once it is whole and locked. What is before the name is random.
        let random = file.path().file_name().unwrap_or_default().to_string_lossy();
        let name = format!("{}{}{}", NAMED.0, random.trim_start_matches('.'), NAMED.1);
        let path = self.directory.join(name);
        let file = file.persist_noclobber(&path).map_err(|kept| kept.error)?;
        let hold = Hold::UnderWay(file);
        Ok((path.clone(), Entry { path, line, hold }))
    }
}

impl Entry {
    fn write(&self) {
        let written = match &self.hold {
            Hold::UnderWay(file) => append(file, &self.line),
            _ => File::options()
                .append(true)
                .open(&self.path)
                .and_then(|file| append(&file, &self.line)),
        };
        // The lines before lead to the object, too, by its name.
        if let Err(failure) = written {
            tracing::warn!(%failure, "the journal of creates could not be written");
        }
    }

    /// Its object is in a state. Whether there is still something to watch; else the note is dropped.
    fn settle(&mut self) -> bool {
        if let State::Taken { id } = &self.line.note.state {
            self.line.note.known.insert(id.clone());
            self.line.note.state = State::Watched;
            self.hold = Hold::Open;
            self.write();
            return true;
        }
        forget(&self.path);
        false
    }

    /// Its create did not make this object.
    fn did_not_make(&mut self, id: &str) {
        if self.line.note.state.id().is_none() && self.line.note.known.insert(id.to_owned()) {
            self.write();
        }
    }
}

impl Journal for FileJournal {
    fn begin(&self, note: &Note) -> Result<Place, NotNoted> {
        match self.note_down(note) {
            Ok((path, entry)) => {
                let place = place(&path);
                self.entries().insert(place.clone(), entry);
                Ok(place)
            }
            Err(failure) => Err(NotNoted {
                place: place(&self.directory),
                cause: failure.to_string(),
            }),
        }
    }

    fn goes_on(&self, place: &Place, until: i64) {
        if let Some(entry) = self.entries().get_mut(place) {
            entry.line.note.until = until;
            entry.write();
        }
    }

    fn made(&self, made: &Place, state: State) {
        let mut entries = self.entries();
        if let Some(id) = state.id() {
            for (place, entry) in entries.iter_mut() {
                if place != made {
                    entry.did_not_make(id);
                }
            }
        }
        if let Some(entry) = entries.get_mut(made) {
            entry.line.note.state = state;
            entry.write();
            entry.hold = Hold::Answered;
        }
    }

    fn left_open(&self, place: &Place, until: i64) {
        if let Some(entry) = self.entries().get_mut(place) {
            entry.line.note.until = until;
            entry.write();
            entry.hold = Hold::Open;
        }
    }

    fn came_to_nothing(&self, place: &Place) {
        if let Some(entry) = self.entries().remove(place) {
            forget(&entry.path);
        }
    }

    fn interrupted(&self) -> Vec<Interrupted> {
        let entries = self.entries();
        let own = entries
            .iter()
            .filter(|(_, entry)| matches!(entry.hold, Hold::Interrupted) && entry.line.scope == self.scope);
        let mut interrupted: Vec<Interrupted> = own
            .map(|(place, entry)| Interrupted {
                place: place.clone(),
                note: entry.line.note.clone(),
                same_key: entry.line.key == self.key,
            })
            .collect();
        interrupted.sort_by_key(|interrupted| interrupted.note.sent);
        interrupted
    }

    fn standing(&self, place: &Place) -> Standing {
        let mut entries = self.entries();
        let Some(entry) = entries.get_mut(place) else {
            return Standing::Gone;
        };
        if !entry.path.exists() {
            entries.remove(place);
            return Standing::Gone;
        }
        if is_locked(&entry.path) {
            return Standing::UnderWay;
        }
        if let Ok(line) = read(&entry.path) {
            entry.line = line;
        }
        Standing::Left(Box::new(entry.line.note.clone()))
    }

    fn seen(&self, id: &str) {
        self.entries().retain(|_, entry| {
            if matches!(entry.hold, Hold::Interrupted) && entry.line.note.state.id() == Some(id) {
                return entry.settle();
            }
            entry.did_not_make(id);
            true
        });
    }
}

fn place(path: &Path) -> Place {
    Place(path.display().to_string())
}

/// Locks a file that a create is noted in. Where the file system knows no locks, the note's time has to do.
fn lock(file: &File) -> io::Result<()> {
    match file.lock() {
        Err(failure) if failure.kind() != io::ErrorKind::Unsupported => Err(failure),
        _ => Ok(()),
    }
}

fn is_locked(path: &Path) -> bool {
    let file = File::open(path);
    file.is_ok_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
}

fn append(mut file: &File, line: &Line) -> io::Result<()> {
    // A line before it may have been cut off.
    file.write_all(format!("\n{}\n", serde_json::to_string(line)?).as_bytes())?;
    file.sync_data()
}

/// The last whole line of a note.
fn read(path: &Path) -> io::Result<Line> {
    let text = fs::read_to_string(path)?;
    let mut lines = text.lines().rev();
    let last = lines.find_map(|line| serde_json::from_str(line).ok());
    last.ok_or_else(|| io::ErrorKind::InvalidData.into())
}

/// A file that is left behind is only looked at again.
fn forget(path: &Path) {
    let _ = fs::remove_file(path);
}

/// What tells one run of Terraform, which the providers' processes are children of, from all others: its process, and
/// when that began, since containers give the same number again and again.
fn this_run() -> String {
    #[cfg(unix)]
    let process = std::os::unix::process::parent_id();
    #[cfg(not(unix))]
    let process = 0;
    // Where there is no such file, the number has to do.
    let status = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    // The name in the second field may have blanks in it; the start is the 22nd.
    let fields = status.rsplit_once(')').map_or("", |(_, fields)| fields);
    format!(
        "{process} {}",
        fields.split_whitespace().nth(19).unwrap_or_default()
    )
}
