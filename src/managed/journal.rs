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
                Err(failure) => {
                    tracing::warn!(path = %path.display(), %failure, "the note of a create cannot be read");
                    unreadable.push(place(&path));
                }
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
        // One that was taken is watched later on: what else comes of the create must not be taken for a sibling's.
        let is_settled = match &self.line.note.state {
            State::Made { .. } => true,
            State::Taken { id: taken } => taken == id,
            State::Open | State::Watched => false,
        };
        if !is_settled && self.line.note.known.insert(id.to_owned()) {
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]
    use super::*;
    use serde_json::json;

    fn open(directory: &Path, run: &str) -> FileJournal {
        open_in(directory, "default", run)
    }

    fn open_in(directory: &Path, workspace: &str, run: &str) -> FileJournal {
        let scope = Scope {
            workspace: workspace.to_owned(),
            backend: String::new(),
        };
        FileJournal::in_run(directory, scope, "key", run.to_owned())
    }

    fn note(known: &[&str]) -> Note {
        Note {
            noun: "endpoint".to_owned(),
            name: "x".to_owned(),
            asked: json!({"name": "x"}),
            known: known.iter().map(|id| (*id).to_owned()).collect(),
            owner: Some("user".to_owned()),
            sent: 1,
            until: 2,
            newest: None,
            state: State::Open,
        }
    }

    fn made(id: &str) -> State {
        State::Made { id: id.to_owned() }
    }

    fn taken(id: &str) -> State {
        State::Taken { id: id.to_owned() }
    }

    fn notes(journal: &FileJournal) -> Vec<Note> {
        journal
            .interrupted()
            .into_iter()
            .map(|interrupted| interrupted.note)
            .collect()
    }

    /// What the interrupted creates certainly did not make.
    fn known(journal: &FileJournal) -> Vec<Vec<String>> {
        let notes = notes(journal).into_iter();
        notes.map(|note| note.known.into_iter().collect()).collect()
    }

    #[test]
    fn a_create_that_was_cut_off_is_known_to_a_later_run_of_the_same_scope() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path();
        let first = open(path, "1");
        let place = first.begin(&note(&["old"])).unwrap();
        first.goes_on(&place, 9);
        drop(first);
        let interrupted = open(path, "2").interrupted();
        let [
            Interrupted {
                note: left,
                same_key: true,
                ..
            },
        ] = interrupted.as_slice()
        else {
            panic!("{interrupted:?}");
        };
        assert_eq!(
            *left,
            Note {
                until: 9,
                ..note(&["old"])
            }
        );
        let elsewhere = open_in(path, "staging", "2");
        assert!(elsewhere.interrupted().is_empty());
        assert_eq!(
            elsewhere.elsewhere(),
            [(place, "default".to_owned(), left.clone())]
        );
    }

    #[test]
    fn another_key_is_told() {
        let directory = tempfile::tempdir().unwrap();
        drop(open(directory.path(), "1").begin(&note(&[])).unwrap());
        let scope = open(directory.path(), "2").scope;
        let other = FileJournal::in_run(directory.path(), scope, "other", "2".to_owned());
        assert!(!other.interrupted()[0].same_key);
    }

    #[test]
    fn another_process_of_the_same_run_interrupts_nothing() {
        let directory = tempfile::tempdir().unwrap();
        let journal = open(directory.path(), "1");
        let place = journal.begin(&note(&[])).unwrap();
        assert!(
            notes(&open(directory.path(), "1")).is_empty(),
            "while it is under way"
        );
        journal.made(&place, made("new"));
        assert!(
            notes(&open(directory.path(), "1")).is_empty(),
            "until it is delivered"
        );
    }

    #[test]
    fn a_create_that_a_killed_run_has_still_under_way_is_told_as_such() {
        let directory = tempfile::tempdir().unwrap();
        let journal = open(directory.path(), "1");
        let place = journal.begin(&note(&[])).unwrap();
        let later = open(directory.path(), "2");
        assert_eq!(later.standing(&place), Standing::UnderWay);
        journal.made(&place, made("new"));
        let Standing::Left(left) = later.standing(&place) else {
            panic!("it is not over");
        };
        assert_eq!(left.state, made("new"));
        journal.delivered();
        assert_eq!(later.standing(&place), Standing::Gone);
    }

    #[test]
    fn a_create_whose_answer_terraform_has_is_not_looked_for() {
        let directory = tempfile::tempdir().unwrap();
        let journal = open(directory.path(), "1");
        let place = journal.begin(&note(&[])).unwrap();
        journal.made(&place, made("new"));
        assert_eq!(notes(&open(directory.path(), "2")).len(), 1, "until then it is");
        journal.delivered();
        assert!(notes(&open(directory.path(), "2")).is_empty());
    }

    #[test]
    fn an_object_that_is_seen_in_a_state_settles_its_create_in_every_scope() {
        let directory = tempfile::tempdir().unwrap();
        let journal = open(directory.path(), "1");
        let place = journal.begin(&note(&[])).unwrap();
        journal.made(&place, made("new"));
        open_in(directory.path(), "staging", "2").seen("new");
        assert!(notes(&open(directory.path(), "3")).is_empty());
    }

    #[test]
    fn what_a_later_create_made_is_known_not_to_be_that_of_one_whose_object_was_taken() {
        let directory = tempfile::tempdir().unwrap();
        let journal = open(directory.path(), "1");
        let first = journal.begin(&note(&["old"])).unwrap();
        journal.made(&first, taken("new"));
        let second = journal.begin(&note(&["new", "old"])).unwrap();
        journal.made(&second, made("sibling"));
        journal.delivered();
        assert_eq!(known(&open(directory.path(), "2")), [["new", "old", "sibling"]]);
    }

    #[test]
    fn an_object_that_was_taken_is_known_from_then_on_and_its_create_watched() {
        for deliver in [true, false] {
            let directory = tempfile::tempdir().unwrap();
            let journal = open(directory.path(), "1");
            let place = journal.begin(&note(&["old"])).unwrap();
            journal.made(&place, taken("new"));
            if deliver {
                journal.delivered();
            } else {
                open(directory.path(), "2").seen("new");
            }
            let left = notes(&open(directory.path(), "3")).remove(0);
            let expected = note(&["new", "old"]);
            assert_eq!(
                left,
                Note {
                    state: State::Watched,
                    ..expected
                }
            );
        }
    }

    #[test]
    fn what_others_have_did_not_come_of_an_open_create() {
        let directory = tempfile::tempdir().unwrap();
        let journal = open(directory.path(), "1");
        let left = journal.begin(&note(&["old"])).unwrap();
        journal.left_open(&left, 2);
        let sibling = journal.begin(&note(&["old"])).unwrap();
        journal.made(&sibling, made("siblings"));
        journal.delivered();
        open_in(directory.path(), "staging", "2").seen("in the state");
        assert_eq!(
            known(&open(directory.path(), "3")),
            [["in the state", "old", "siblings"]]
        );
    }

    #[test]
    fn what_an_interrupted_create_made_is_kept_until_it_is_seen() {
        let directory = tempfile::tempdir().unwrap();
        let place = open(directory.path(), "1").begin(&note(&[])).unwrap();
        open(directory.path(), "2").made(&place, made("new"));
        assert_eq!(notes(&open(directory.path(), "3"))[0].state, made("new"));
        open(directory.path(), "3").seen("new");
        assert!(notes(&open(directory.path(), "4")).is_empty());
    }

    #[test]
    fn a_create_that_came_to_nothing_leaves_nothing() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("made/on/demand");
        let journal = open(&path, "1");
        let place = journal.begin(&note(&[])).unwrap();
        journal.came_to_nothing(&place);
        assert_eq!(fs::read_dir(&path).unwrap().count(), 0);
    }

    #[test]
    fn a_note_that_cannot_be_written_is_an_error_that_names_the_place() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("file in the way");
        fs::write(&path, "").unwrap();
        let refused = open(&path, "1").begin(&note(&[])).unwrap_err();
        assert_eq!(refused.place, place(&path));
        assert!(!refused.cause.is_empty());
    }

    #[test]
    fn a_line_that_was_cut_off_loses_nothing() {
        let directory = tempfile::tempdir().unwrap();
        let place = open(directory.path(), "1").begin(&note(&[])).unwrap();
        let mut file = File::options().append(true).open(&place.0).unwrap();
        file.write_all(b"\n{\"scope\": {\"work").unwrap();
        let second = open(directory.path(), "2");
        assert_eq!(notes(&second), [note(&[])]);
        second.made(&place, made("new"));
        assert_eq!(notes(&open(directory.path(), "3"))[0].state, made("new"));
    }

    #[test]
    fn a_note_that_nobody_can_read_is_named_and_left_alone() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("create-1.json");
        fs::write(&path, "{\"another\": \"version\"}").unwrap();
        fs::write(directory.path().join(".begun"), "").unwrap();
        let journal = open(directory.path(), "1");
        assert_eq!(journal.unreadable(), [place(&path)]);
        assert!(notes(&journal).is_empty() && path.exists());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_run_is_told_by_when_its_process_began() {
        let run = this_run();
        let (process, began) = run.split_once(' ').unwrap();
        assert_eq!(process.parse(), Ok(std::os::unix::process::parent_id()));
        assert!(began.parse::<u64>().unwrap() > 0);
    }
}
