//! What an acceptance test stands on: a directory of its own, an emulator of its own, a real Terraform, and the
//! provider's real binary.

#![allow(dead_code)]

use std::{
    collections::BTreeMap,
    env,
    fs::{self, OpenOptions},
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    sync::Mutex,
    thread,
    time::{Duration, Instant},
};

use runpod_emulator::{Emulator, Options};
use serde_json::Value;
use tempfile::TempDir;

/// Which Terraform a test runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cli {
    /// The first of `TERRAFORM_CLIS`, or else the one on PATH.
    Older,
    /// The second of `TERRAFORM_CLIS`, or else the newer one that `make` fetches.
    Newer,
    /// The `tofu` on PATH, where there is one.
    OpenTofu,
}

impl Cli {
    fn path(self) -> PathBuf {
        let clis = env::var("TERRAFORM_CLIS").unwrap_or_default();
        let mut clis = clis.split(':').filter(|path| !path.is_empty()).map(PathBuf::from);
        match self {
            Self::Older => clis.next().unwrap_or_else(|| PathBuf::from("terraform")),
            Self::Newer => clis
                .nth(1)
                .unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join(".tools/bin/terraform-1.15")),
            Self::OpenTofu => PathBuf::from("tofu"),
        }
    }

    /// Whether it is installed; the older and the newer Terraform must be. Where it is not, the test counts as not run.
    pub fn is_installed(self) -> bool {
        let installed = self != Self::OpenTofu || self.version().is_some();
        if !installed {
            skip("there is no OpenTofu (`tofu`) on PATH");
        }
        installed
    }

    /// Its version, as major and minor number; asked once a process.
    fn version(self) -> Option<(u64, u64)> {
        static ASKED: Mutex<BTreeMap<Cli, Option<(u64, u64)>>> = Mutex::new(BTreeMap::new());
        *ASKED.lock().unwrap().entry(self).or_insert_with(|| {
            let directory = tempfile::tempdir().unwrap();
            let output = Command::new(self.path())
                .args(["version", "-json"])
                .current_dir(directory.path())
                .env("CHECKPOINT_DISABLE", "1")
                .output()
                .ok()?;
            let told: Value = serde_json::from_slice(&output.stdout).ok()?;
            release_of(told["terraform_version"].as_str()?)
        })
    }
}

/// Major and minor number of a version.
fn release_of(version: &str) -> Option<(u64, u64)> {
    let mut numbers = version.split('.').map(|number| number.parse().ok());
    Some((numbers.next()??, numbers.next()??))
}

/// Whether a version has what a release of Terraform brought: OpenTofu numbers alike up to 1.12, and lacks what came later.
fn has(own: (u64, u64), is_tofu: bool, needed: (u64, u64)) -> bool {
    own >= needed && !(is_tofu && needed > (1, 12))
}

#[test]
fn lists_and_actions_are_run_on_newer_terraforms_and_on_no_opentofu() {
    let needed = release_of("1.14").unwrap();
    for (version, is_tofu, wanted) in [
        ("1.11.4", false, false),
        ("1.14.0", false, true),
        ("1.15.5-beta1", false, true),
        ("1.14.1", true, false),
    ] {
        assert_eq!(
            has(release_of(version).unwrap(), is_tofu, needed),
            wanted,
            "{version}"
        );
    }
    assert!(has((1, 12), true, (1, 12)), "identity");
    assert_eq!(release_of("next"), None);
}

/// Notes that the test that calls this is not run, and why: `make test` ends with the list.
pub fn skip(reason: &str) {
    let name = thread::current().name().unwrap_or("a test").to_owned();
    let list = Path::new(env!("CARGO_TARGET_TMPDIR")).join("not-run");
    let mut list = OpenOptions::new().create(true).append(true).open(list).unwrap();
    // In one write, since tests of several processes share the file.
    list.write_all(format!("{reason}\t{name}\n").as_bytes()).unwrap();
    eprintln!("not run: {reason}");
}

/// Makes a test of each Terraform, and one of OpenTofu where that is installed: `on_both! { fn name(world) { … } }`.
#[macro_export]
macro_rules! on_both {
    ($($(#[$meta:meta])* fn $name:ident($world:ident) $body:block)*) => {$(
        $(#[$meta])*
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            fn run($world: &$crate::support::World) $body

            #[test]
            fn older_terraform() {
                let world = $crate::support::World::new($crate::support::Cli::Older);
                run(&world);
            }

            #[test]
            fn newer_terraform() {
                let world = $crate::support::World::new($crate::support::Cli::Newer);
                run(&world);
            }

            #[test]
            fn opentofu() {
                if $crate::support::Cli::OpenTofu.is_installed() {
                    let world = $crate::support::World::new($crate::support::Cli::OpenTofu);
                    run(&world);
                }
            }
        }
    )*};
}

/// A key that nothing may show.
pub const KEY: &str = "rpa_ACCEPTANCE0SECRET0KEY0NEVER0SHOWN";

/// One test's world.
pub struct World {
    /// The API's side.
    pub emulator: Emulator,
    cli: Cli,
    directory: TempDir,
}

/// What a command printed, without colours, and how it ended.
#[derive(Debug)]
pub struct Ran {
    /// Standard output and standard error, as a person sees them.
    pub text: String,
    /// The exit code.
    pub code: Option<i32>,
}

impl Ran {
    /// The text with every run of white space and box drawing as one blank, so that wrapping does not matter.
    pub fn flowing(&self) -> String {
        let plain = self.text.replace(['│', '╷', '╵'], " ");
        plain.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Asserts that the text has this, however it is wrapped.
    #[track_caller]
    pub fn says(&self, what: &str) -> &Self {
        assert!(
            self.flowing().contains(what),
            "{what:?} is not said in:\n{}",
            self.text
        );
        self
    }

    /// Asserts that the text lacks this.
    #[track_caller]
    pub fn does_not_say(&self, what: &str) -> &Self {
        assert!(
            !self.flowing().contains(what),
            "{what:?} is said in:\n{}",
            self.text
        );
        self
    }

    /// The errors of a command with `-json`, each with the address of its resource: summary, then detail.
    pub fn errors(&self) -> Vec<(String, String)> {
        let lines = self
            .text
            .lines()
            .filter_map(|line| serde_json::from_str(line).ok());
        let told = lines.map(|line: Value| line["diagnostic"].clone());
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        told.filter(|told| told["severity"] == "error")
            .map(|told| {
                let said = format!("{}\n{}", text(&told["summary"]), text(&told["detail"]));
                (text(&told["address"]), said)
            })
            .collect()
    }

    /// Asserts that there is no warning but Terraform's own, of the overridden provider.
    #[track_caller]
    pub fn warns_of_nothing(&self) -> &Self {
        let warnings = self.text.lines().filter(|line| line.contains("Warning: "));
        let others: Vec<&str> = warnings
            .filter(|line| !line.contains("development overrides"))
            .collect();
        assert!(others.is_empty(), "{others:?} in:\n{}", self.text);
        self
    }

    /// Asserts success.
    #[track_caller]
    pub fn ok(&self) -> &Self {
        assert_eq!(self.code, Some(0), "{}", self.text);
        self
    }

    /// Asserts failure.
    #[track_caller]
    pub fn fails(&self) -> &Self {
        assert_eq!(self.code, Some(1), "{}", self.text);
        self
    }
}

impl World {
    /// A fresh directory and emulator.
    pub fn new(cli: Cli) -> Self {
        Self::on(
            cli,
            Emulator::with(Options {
                keys: vec![KEY.to_owned()],
                ..Options::default()
            })
            .unwrap(),
        )
    }

    /// A fresh directory on an emulator of one's own making, which must know [`KEY`].
    pub fn on(cli: Cli, emulator: Emulator) -> Self {
        let directory = tempfile::tempdir().unwrap();
        fs::create_dir(directory.path().join("home")).unwrap();
        let binary = Path::new(env!("CARGO_BIN_EXE_terraform-provider-runpod"));
        let overrides = format!(
            "provider_installation {{\n  dev_overrides {{\n    \"terraform-runpod/runpod\" = {:?}\n  }}\n  direct {{}}\n}}\n\
             disable_checkpoint = true\n",
            binary.parent().unwrap()
        );
        fs::write(directory.path().join("home/terraform.rc"), overrides).unwrap();
        Self {
            emulator,
            cli,
            directory,
        }
    }

    /// Whether this Terraform has what `release`, such as "1.14", brought; where it has not, the test counts as not run:
    /// `if !world.needs("1.14") { return; }`. OpenTofu has under the same number what came up to 1.12, and neither lists
    /// nor actions (1.14).
    #[must_use]
    pub fn needs(&self, release: &str) -> bool {
        let own = self.cli.version().unwrap();
        let is_tofu = self.cli == Cli::OpenTofu;
        let has = has(own, is_tofu, release_of(release).unwrap());
        if !has {
            let name = if is_tofu { "OpenTofu" } else { "Terraform" };
            skip(&format!(
                "needs Terraform {release}, and this is {name} {}.{}",
                own.0, own.1
            ));
        }
        has
    }

    /// The directory of the configuration.
    pub fn path(&self) -> &Path {
        self.directory.path()
    }

    /// Writes `main.tf`: the required provider, and this.
    pub fn write(&self, configuration: &str) {
        let required = "terraform {\n  required_providers {\n    runpod = {\n      source = \
                        \"terraform-runpod/runpod\"\n    }\n  }\n}\n";
        self.write_file("main.tf", &format!("{required}\n{configuration}"));
    }

    /// Writes another file of the configuration.
    pub fn write_file(&self, name: &str, text: &str) {
        fs::write(self.path().join(name), text).unwrap();
    }

    /// Terraform with these arguments, ready to be run or to be given another environment.
    pub fn command(&self, arguments: &[&str]) -> Command {
        self.command_of(self.cli, arguments)
    }

    /// Runs another Terraform than the world's with these arguments.
    pub fn terraform_of(&self, cli: Cli, arguments: &[&str]) -> Ran {
        ran(self.command_of(cli, arguments).output().unwrap())
    }

    fn command_of(&self, cli: Cli, arguments: &[&str]) -> Command {
        let mut command = Command::new(cli.path());
        command
            .args(arguments)
            .current_dir(self.path())
            .env_clear()
            .env("PATH", env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.path().join("home"))
            .env("TF_CLI_CONFIG_FILE", self.path().join("home/terraform.rc"))
            .env("TF_IN_AUTOMATION", "1")
            .env("TF_LOG_PROVIDER", "TRACE")
            .env("TF_LOG_PATH", self.path().join("terraform.log"))
            .env("RUNPOD_API_KEY", KEY)
            .env("RUNPOD_GRAPHQL_URL", self.emulator.url())
            .env("RUNPOD_REST_URL", self.emulator.rest_url())
            .env("RUNPOD_JOBS_URL", self.emulator.jobs_url())
            .stdin(Stdio::null());
        command
    }

    /// Runs Terraform with these arguments.
    pub fn terraform(&self, arguments: &[&str]) -> Ran {
        ran(self.command(arguments).output().unwrap())
    }

    /// Runs Terraform with these arguments and another choice of the API.
    pub fn over(&self, api: &str, arguments: &[&str]) -> Ran {
        ran(self.command(arguments).env("RUNPOD_API", api).output().unwrap())
    }

    /// Asserts that a plan over this choice of the API shows no changes, and that it writes nothing.
    #[track_caller]
    pub fn plans_clean_over(&self, api: &str) -> Ran {
        let before = self.emulator.requests().len();
        let ran = self.over(api, &["plan", "-detailed-exitcode", "-no-color"]);
        assert_eq!(
            ran.code,
            Some(0),
            "the plan over {api} is not clean:\n{}",
            ran.text
        );
        let requests = self.emulator.requests();
        let written = requests.iter().skip(before).find(|sent| {
            sent.is_create() || sent.is_update() || sent.method == "DELETE" || sent.asks("deleteEndpoint")
        });
        assert!(written.is_none(), "a plan writes: {written:?}");
        ran
    }

    /// Applies, which must succeed.
    #[track_caller]
    pub fn apply(&self) -> Ran {
        let ran = self.terraform(&["apply", "-auto-approve", "-no-color"]);
        ran.ok();
        ran
    }

    /// Applies, which must fail.
    #[track_caller]
    pub fn apply_fails(&self) -> Ran {
        let ran = self.terraform(&["apply", "-auto-approve", "-no-color"]);
        ran.fails();
        ran
    }

    /// Destroys, which must succeed.
    #[track_caller]
    pub fn destroy(&self) -> Ran {
        let ran = self.terraform(&["destroy", "-auto-approve", "-no-color"]);
        ran.ok();
        ran
    }

    /// Plans; the exit code is 0 without changes, 2 with changes, 1 on errors.
    pub fn plan(&self) -> Ran {
        self.terraform(&["plan", "-detailed-exitcode", "-no-color"])
    }

    /// Asserts that a plan shows no changes.
    #[track_caller]
    pub fn plans_clean(&self) {
        let ran = self.plan();
        assert_eq!(ran.code, Some(0), "the plan is not clean:\n{}", ran.text);
    }

    /// Plans, which must show changes.
    #[track_caller]
    pub fn plans_changes(&self) -> Ran {
        let ran = self.plan();
        assert_eq!(ran.code, Some(2), "the plan shows no changes:\n{}", ran.text);
        ran
    }

    /// A plan as JSON, which is also kept as `plan` for an apply.
    #[track_caller]
    pub fn plan_json(&self) -> Value {
        self.terraform(&["plan", "-out=plan", "-no-color"]).ok();
        self.json(&["show", "-json", "plan"])
    }

    /// Asks the API as its own page does: by a plain request with the key in the address.
    pub fn ask(&self, query: &str) -> Value {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .user_agent("curl/8.5.0")
            .build()
            .unwrap();
        let request = client
            .post(format!("{}?api_key={KEY}", self.emulator.url()))
            .header("content-type", "application/json")
            .body(serde_json::json!({ "query": query }).to_string());
        let text = runtime.block_on(async { request.send().await.unwrap().text().await.unwrap() });
        serde_json::from_str(&text).unwrap()
    }

    /// What Terraform prints as JSON.
    #[track_caller]
    pub fn json(&self, arguments: &[&str]) -> Value {
        let output = self.command(arguments).output().unwrap();
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| {
            panic!("{arguments:?}: {error}: {}", ran(output).text);
        })
    }

    /// The attributes of each resource and data source in the state, by address.
    #[track_caller]
    pub fn states(&self) -> BTreeMap<String, Value> {
        let mut state = self.json(&["show", "-json"]);
        let Value::Array(resources) = state["values"]["root_module"]["resources"].take() else {
            return BTreeMap::new();
        };
        let resources = resources.into_iter().map(|mut resource| {
            let address = resource["address"].as_str().unwrap().to_owned();
            (address, resource["values"].take())
        });
        resources.collect()
    }

    /// The attributes of a resource or data source in the state, null where it is not there.
    #[track_caller]
    pub fn state(&self, address: &str) -> Value {
        self.states().remove(address).unwrap_or_default()
    }
}

/// The notes of creates that are kept beside the configuration.
pub fn notes(world: &World) -> Vec<PathBuf> {
    let directory = world.path().join(".terraform/runpod/creates");
    let files = fs::read_dir(directory).into_iter().flatten().flatten();
    files.map(|file| file.path()).collect()
}

/// Makes the creates that are noted so much older.
pub fn age_notes(world: &World, seconds: i64) {
    for path in notes(world) {
        let text = fs::read_to_string(&path).unwrap();
        let last = text.lines().rfind(|line| !line.is_empty()).unwrap();
        let mut line: Value = serde_json::from_str(last).unwrap();
        for moment in ["sent", "until"] {
            line["note"][moment] = (line["note"][moment].as_i64().unwrap() - seconds * 1000).into();
        }
        fs::write(&path, format!("{line}\n")).unwrap();
    }
}

/// At the end of a test, nothing that Terraform or the provider wrote may show the key.
impl Drop for World {
    fn drop(&mut self) {
        if !thread::panicking() {
            assert_no_key(self.path());
        }
    }
}

/// What a plan does with a resource.
#[track_caller]
pub fn planned<'a>(plan: &'a Value, address: &str) -> &'a Value {
    let changes = plan["resource_changes"].as_array().unwrap();
    let change = changes.iter().find(|change| change["address"] == address);
    &change.unwrap_or_else(|| panic!("{address} is not in the plan"))["change"]
}

/// Waits until something holds, for a minute at most.
#[track_caller]
pub fn eventually(what: &str, holds: impl Fn() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < Duration::from_secs(60), "never: {what}");
        thread::sleep(Duration::from_millis(20));
    }
}

/// What a command printed, which must not show the key.
pub fn ran(output: Output) -> Ran {
    let text = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(!text.contains(KEY), "the key is shown:\n{text}");
    Ran {
        text,
        code: output.status.code(),
    }
}

/// Asserts that no file below a directory has the key in it, nor what is packed in plans.
pub fn assert_no_key(directory: &Path) {
    assert_nowhere(directory, KEY, &[]);
}

/// Asserts that no file below a directory shows a text, nor what is packed in plans; files of these names may. An
/// installed provider is passed over: it is older than the test, and large.
pub fn assert_nowhere(directory: &Path, secret: &str, may: &[&str]) {
    for entry in fs::read_dir(directory).unwrap().flatten() {
        let path = entry.path();
        let is_provider = entry
            .file_name()
            .to_string_lossy()
            .starts_with("terraform-provider-");
        if path.is_dir() {
            assert_nowhere(&path, secret, may);
        } else if path.is_file() && !is_provider && !may.contains(&&*entry.file_name().to_string_lossy()) {
            let bytes = fs::read(&path).unwrap();
            let mut windows = bytes.windows(secret.len());
            let shows = windows.any(|window| window == secret.as_bytes());
            assert!(!shows, "{} shows {secret}", path.display());
            if bytes.starts_with(b"PK\x03\x04") {
                let unpacked = tempfile::tempdir().unwrap();
                let mut unzip = Command::new("python3");
                unzip
                    .args(["-m", "zipfile", "-e"])
                    .args([path.as_path(), unpacked.path()]);
                assert!(unzip.status().unwrap().success());
                assert_nowhere(unpacked.path(), secret, may);
            }
        }
    }
}
