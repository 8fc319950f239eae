//! A journal of creates that were begun, so that one that was cut off is found again by the next run.
//!
//! If Terraform is killed while an endpoint is being created, nobody is left to put its id into the state. The
//! journal is written before the create is sent: what was asked for, and which endpoints bore the name before. The
//! next run's create of that name then adopts what came of it, once the provider that the killed Terraform may have
//! left behind is done with it. An entry is dropped when the create came to nothing, when Terraform has certainly got
//! its answer, or once its endpoint is seen in the state. An endpoint that is another resource's is never what came of
//! an open entry. It holds no key, only a digest that tells accounts apart.

use std::{
    collections::{HashMap, HashSet},
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
    /// The workspace that it was begun in: another one has another state.
    #[serde(default)]
    pub workspace: String,
    /// The name asked for.
    pub name: String,
    /// What was asked for, as `saveEndpoint` takes it.
    pub input: serde_json::Value,
    /// Endpoints that it did not make: those that bore the name before, and those that others are known to have.
    pub known: HashSet<String>,
    /// The endpoint that it made, once the API has said so.
    pub id: Option<String>,
    /// When it was begun, in seconds since 1970.
    pub begun: u64,
    /// The run of Terraform that it was begun for.
    pub run: String,
    /// The file that it stands in.
    #[serde(skip)]
    path: PathBuf,
}

/// How it stands with an interrupted create.
#[derive(Debug)]
pub enum Standing {
    /// The provider that an earlier, killed Terraform has left behind still waits for the answer.
    UnderWay,
    /// Nobody works on it any more, and this is known of it.
    Over(Box<Entry>),
    /// It came to nothing.
    Nothing,
}

/// The journal of one account in one directory.
#[derive(Debug)]
pub struct Journal {
    directory: PathBuf,
    account: String,
    workspace: String,
    run: String,
    /// Creates of earlier runs.
    interrupted: Mutex<HashMap<PathBuf, Entry>>,
    /// Creates of this run of which it is not known what they came to.
    open: Mutex<HashMap<PathBuf, Entry>>,
    /// The files of creates whose endpoint this process has given to Terraform.
    answered: Mutex<Vec<PathBuf>>,
}

/// The journal's hold on a create that is under way.
#[derive(Debug)]
pub struct Begun {
    /// Locked as long as the create is under way.
    file: File,
    entry: Entry,
}

impl Journal {
    /// Opens the journal in `directory`, which need not exist, for a run in `workspace`. `account` tells accounts apart
    /// and is no secret.
    ///
    /// Entries that cannot be read are left alone.
    pub fn open(directory: &Path, account: &str, workspace: &str) -> Self {
        Self::in_run(directory, account, workspace, this_run())
    }

    /// As [`Journal::open`], for a run that is told from others by `run`.
    pub(super) fn in_run(directory: &Path, account: &str, workspace: &str, run: String) -> Self {
        let entries = fs::read_dir(directory).into_iter().flatten().flatten();
        let read = |path: PathBuf| {
            let mut entry: Entry = serde_json::from_reader(File::open(&path).ok()?).ok()?;
            entry.path = path.clone();
            // What another process of this run has made, or has under way, is not interrupted.
            (entry.account == account && entry.run != run).then_some((path, entry))
        };
        let interrupted = entries.filter_map(|file| read(file.path())).collect();
        Self {
            directory: directory.to_owned(),
            account: account.to_owned(),
            workspace: workspace.to_owned(),
            run,
            interrupted: Mutex::new(interrupted),
            open: Mutex::default(),
            answered: Mutex::default(),
        }
    }

    /// Notes a create before it is sent.
    ///
    /// # Errors
    ///
    /// The file cannot be written; the create may go on without it.
    pub fn begin(&self, name: &str, input: serde_json::Value, known: HashSet<String>) -> io::Result<Begun> {
        fs::create_dir_all(&self.directory)?;
        let begun = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| since.as_secs());
        let mut entry = Entry {
            account: self.account.clone(),
            workspace: self.workspace.clone(),
            name: name.to_owned(),
            input,
            known,
            id: None,
            begun,
            run: self.run.clone(),
            path: PathBuf::new(),
        };
        let file = tempfile::Builder::new()
            .prefix("create-")
            .suffix(".json")
            .tempfile_in(&self.directory)?;
        file.as_file().lock()?;
        let (mut file, path) = file.keep().map_err(|kept| kept.error)?;
        write(&mut file, &entry)?;
        entry.path = path;
        Ok(Begun { file, entry })
    }

    /// The creates of earlier runs in this workspace that may have left an endpoint of that name.
    pub fn interrupted(&self, name: &str) -> Vec<Entry> {
        locked(&self.interrupted)
            .values()
            .filter(|entry| entry.name == name && entry.workspace == self.workspace)
            .cloned()
            .collect()
    }

    /// How it stands with an interrupted create now.
    pub fn standing(&self, entry: &Entry) -> Standing {
        let mut entries = locked(&self.interrupted);
        let Some(known) = entries.get_mut(&entry.path) else {
            return Standing::Nothing;
        };
        let Ok(file) = File::open(&entry.path) else {
            return Standing::Nothing;
        };
        if file.try_lock_shared().is_err() {
            return Standing::UnderWay;
        }
        if let Ok(read) = serde_json::from_reader(file) {
            *known = Entry {
                path: entry.path.clone(),
                ..read
            };
        }
        Standing::Over(Box::new(known.clone()))
    }

    /// Forgets an interrupted create: it came to nothing, or its endpoint is accounted for.
    pub fn forget(&self, entry: &Entry) {
        self.forget_where(|other| other.path == entry.path);
    }

    /// Notes that an endpoint is in the state: its create is over, and no other create has made it.
    pub fn seen(&self, id: &str) {
        self.forget_where(|entry| entry.id.as_deref() == Some(id));
        self.account_for(id);
    }

    /// Notes that no create made this endpoint of which it is not known what it made.
    fn account_for(&self, id: &str) {
        for entries in [&self.interrupted, &self.open] {
            for entry in locked(entries).values_mut() {
                if entry.id.is_none() && entry.known.insert(id.to_owned()) {
                    warn_of(rewrite(entry));
                }
            }
        }
    }

    /// Notes the endpoint that a create of this run made. The entry stays until Terraform has certainly got the answer,
    /// or the endpoint is seen in the state.
    pub fn made(&self, mut begun: Begun, id: &str) {
        begun.entry.id = Some(id.to_owned());
        warn_of(write(&mut begun.file, &begun.entry));
        locked(&self.answered).push(begun.entry.path);
        self.account_for(id);
    }

    /// Notes that it is not known what a create of this run came to.
    pub fn left_open(&self, begun: Begun) {
        locked(&self.open).insert(begun.entry.path.clone(), begun.entry);
    }

    /// Notes which endpoint an interrupted create turned out to have made.
    pub fn found(&self, entry: &Entry, id: &str) {
        if let Some(noted) = locked(&self.interrupted).get_mut(&entry.path) {
            noted.id = Some(id.to_owned());
            warn_of(rewrite(noted));
            locked(&self.answered).push(entry.path.clone());
        }
        self.account_for(id);
    }

    /// Notes that Terraform has got every answer, and with it the ids of the endpoints that were made.
    pub fn delivered(&self) {
        for path in locked(&self.answered).drain(..) {
            // A file that is left behind is only looked at again.
            let _ = fs::remove_file(path);
        }
    }

    fn forget_where(&self, matches: impl Fn(&Entry) -> bool) {
        locked(&self.interrupted).retain(|path, entry| {
            let is_over = matches(entry);
            if is_over {
                // A file that is left behind is only looked at again.
                let _ = fs::remove_file(path);
            }
            !is_over
        });
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Begun {
    /// The create certainly made nothing.
    pub fn came_to_nothing(self) {
        // A file that is left behind is only looked at again.
        let _ = fs::remove_file(&self.entry.path);
    }
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

fn write(file: &mut File, entry: &Entry) -> io::Result<()> {
    let text = serde_json::to_vec(entry)?;
    file.set_len(0)?;
    file.seek(SeekFrom::Start(0))?;
    file.write_all(&text)?;
    file.sync_data()
}

fn rewrite(entry: &Entry) -> io::Result<()> {
    write(&mut File::options().write(true).open(&entry.path)?, entry)
}

/// Best effort: without the id the entry still leads to the endpoint, by its name.
fn warn_of(written: io::Result<()>) {
    if let Err(failure) = written {
        tracing::warn!(%failure, "the journal of creates could not be written");
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]
    use super::*;
    use serde_json::json;

    fn open(directory: &Path, run: &str) -> Journal {
        Journal::in_run(directory, "a", "default", run.to_owned())
    }

    fn begin(journal: &Journal, known: &[&str]) -> Begun {
        let known = known.iter().map(|id| (*id).to_owned()).collect();
        journal.begin("x", json!({"name": "x"}), known).unwrap()
    }

    /// What the interrupted creates certainly did not make, sorted.
    fn known(journal: &Journal) -> Vec<Vec<String>> {
        let sorted = |entry: Entry| {
            let mut known: Vec<String> = entry.known.into_iter().collect();
            known.sort();
            known
        };
        journal.interrupted("x").into_iter().map(sorted).collect()
    }

    #[test]
    fn an_interrupted_create_is_known_to_a_later_run_of_the_same_account_and_workspace() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path();
        drop(begin(&open(path, "1"), &["old"]));
        let elsewhere =
            |account: &str, workspace: &str| Journal::in_run(path, account, workspace, "2".into());
        assert!(known(&elsewhere("b", "default")).is_empty());
        assert!(known(&elsewhere("a", "staging")).is_empty());
        let journal = open(path, "2");
        assert_eq!(known(&journal), [["old"]]);
        journal.found(&journal.interrupted("x")[0], "new");
        open(path, "3").seen("new");
        assert!(known(&open(path, "4")).is_empty());
    }

    #[test]
    fn another_process_of_the_same_run_interrupts_nothing() {
        let directory = tempfile::tempdir().unwrap();
        let journal = open(directory.path(), "1");
        let begun = begin(&journal, &[]);
        assert!(
            known(&open(directory.path(), "1")).is_empty(),
            "while it is under way"
        );
        journal.made(begun, "new");
        assert!(
            known(&open(directory.path(), "1")).is_empty(),
            "until it is delivered"
        );
    }

    #[test]
    fn a_create_that_a_killed_run_has_still_under_way_is_waited_for() {
        let directory = tempfile::tempdir().unwrap();
        let journal = open(directory.path(), "1");
        let begun = begin(&journal, &[]);
        let later = open(directory.path(), "2");
        let entry = later.interrupted("x").remove(0);
        assert!(matches!(later.standing(&entry), Standing::UnderWay));
        journal.made(begun, "new");
        let Standing::Over(over) = later.standing(&entry) else {
            panic!("it is over");
        };
        assert_eq!(over.id.as_deref(), Some("new"));
    }

    #[test]
    fn a_create_whose_answer_terraform_has_is_not_looked_for() {
        let directory = tempfile::tempdir().unwrap();
        let journal = open(directory.path(), "1");
        journal.made(begin(&journal, &[]), "new");
        assert_eq!(
            open(directory.path(), "2").interrupted("x").len(),
            1,
            "until then it is"
        );
        journal.delivered();
        assert!(open(directory.path(), "2").interrupted("x").is_empty());
    }

    #[test]
    fn what_others_have_did_not_come_of_an_open_create() {
        let directory = tempfile::tempdir().unwrap();
        let journal = open(directory.path(), "1");
        journal.left_open(begin(&journal, &["old"]));
        journal.made(begin(&journal, &["old"]), "siblings");
        journal.delivered();
        Journal::in_run(directory.path(), "a", "staging", "2".into()).seen("in the state");
        assert_eq!(
            known(&open(directory.path(), "3")),
            [["in the state", "old", "siblings"]]
        );
    }

    #[test]
    fn a_create_that_came_to_nothing_leaves_nothing() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("made/on/demand");
        begin(&open(&path, "1"), &[]).came_to_nothing();
        assert!(open(&path, "2").interrupted("x").is_empty());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_run_is_told_by_when_its_process_began() {
        let run = this_run();
        let (process, began) = run.split_once(' ').unwrap();
        assert_eq!(process.parse(), Ok(std::os::unix::process::parent_id()));
        assert!(began.parse::<u64>().unwrap() > 0);
    }

    #[test]
    fn garbage_in_the_directory_is_passed_over() {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("create-1.json"), "{").unwrap();
        assert!(open(directory.path(), "1").interrupted("x").is_empty());
    }
}
