//! A Terraform that goes on while the test watches: what it prints, signals to it, and the end of all its processes.

use std::{
    io::{BufRead, BufReader, PipeReader, Read, pipe},
    os::unix::process::CommandExt,
    process::{Child, Command, Stdio},
    sync::mpsc::{Receiver, Sender, TryRecvError, channel},
    thread,
    time::Duration,
};

use crate::support::{KEY, Ran, World};

/// The longest that anything here may take: the provider gives a request in flight a minute.
const PATIENCE: Duration = Duration::from_secs(90);

/// A Terraform in a process group of its own, as one that a terminal has started.
pub struct Running {
    child: Child,
    lines: Receiver<String>,
    text: String,
    /// Says so when the last process that Terraform has started is gone.
    gone: Receiver<()>,
}

impl Running {
    /// Starts it.
    pub fn start(world: &World, arguments: &[&str]) -> Self {
        let terraform = world.command(arguments);
        let (held, holder) = pipe().unwrap();
        let mut command = Command::new("sh");
        // Every process below holds the pipe as its descriptor 9, so that its end is the end of them all.
        command
            .args(["-c", "exec 9>&0 </dev/null 2>&1; exec \"$@\"", "sh"])
            .arg(terraform.get_program())
            .args(terraform.get_args())
            .env_clear()
            .envs(
                terraform
                    .get_envs()
                    .filter_map(|(name, value)| Some((name, value?))),
            )
            .current_dir(world.path())
            .stdin(holder)
            .stdout(Stdio::piped())
            .process_group(0);
        let mut child = command.spawn().unwrap();
        let (line, lines) = channel();
        let (end, gone) = channel();
        let printed = BufReader::new(child.stdout.take().unwrap());
        thread::spawn(move || {
            printed
                .lines()
                .map_while(Result::ok)
                .try_for_each(|text| line.send(text))
        });
        thread::spawn(move || watch(held, &end));
        Self {
            child,
            lines,
            text: String::new(),
            gone,
        }
    }

    /// Waits until it prints this.
    pub fn wait_for(&mut self, what: &str) {
        while let Ok(line) = self.lines.recv_timeout(PATIENCE) {
            self.text += &format!("{line}\n");
            if line.contains(what) {
                return;
            }
        }
        panic!("{what:?} is not said in:\n{}", self.text);
    }

    /// Sends a signal to Terraform alone.
    pub fn signal(&self, name: &str) {
        kill(name, &self.child.id().to_string());
    }

    /// Sends a signal to Terraform and its providers, as a terminal does.
    pub fn signal_all(&self, name: &str) {
        kill(name, &format!("-{}", self.child.id()));
    }

    /// Waits until Terraform itself has ended; whether a process that it has started goes on.
    pub fn outlived(&mut self) -> bool {
        self.child.wait().unwrap();
        matches!(self.gone.try_recv(), Err(TryRecvError::Empty))
    }

    /// Waits until Terraform and all that it has started have ended.
    pub fn end(mut self) -> Ran {
        let gone = self.gone.recv_timeout(PATIENCE);
        self.text.extend(self.lines.try_iter().map(|line| line + "\n"));
        assert!(gone.is_ok(), "a process goes on after:\n{}", self.text);
        assert!(!self.text.contains(KEY), "the key is shown:\n{}", self.text);
        Ran {
            text: std::mem::take(&mut self.text),
            code: self.child.wait().unwrap().code(),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It has ended long ago, unless the test fails.
        let _ = self.child.kill();
    }
}

/// Returns when nobody holds the other end of the pipe.
fn watch(mut held: PipeReader, end: &Sender<()>) {
    let _ = held.read(&mut [0]);
    // Nobody may be waiting any more.
    let _ = end.send(());
}

fn kill(signal: &str, target: &str) {
    let sent = Command::new("kill")
        .args(["-s", signal, "--", target])
        .status()
        .unwrap();
    assert!(sent.success(), "SIG{signal} cannot be sent to {target}");
}
