//! `runpod-emulator`: a local Runpod, started by hand.

use std::{
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
};

use clap::Parser;
use runpod_emulator::{DEFAULT_KEY, Emulator, Options, Scenario};

/// A local Runpod, on loopback only: GraphQL at /graphql, REST v2 at /v2, the jobs API at /jobs. Prints the
/// address of GraphQL and runs until it is interrupted.
#[derive(Parser)]
#[command(name = "runpod-emulator")]
struct Arguments {
    /// Port to listen on; 0 takes a free one
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// File to keep the account in; without it, the account ends with the program
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
    /// Key to accept; may be given several times
    #[arg(long = "api-key", value_name = "KEY", default_value = DEFAULT_KEY)]
    api_keys: Vec<String>,
    /// Key that is known but has no right to this API; may be given several times
    #[arg(long = "restricted-key", value_name = "KEY")]
    restricted_keys: Vec<String>,
    /// Key of another user, whose account is empty; may be given several times
    #[arg(long = "other-key", value_name = "KEY")]
    other_keys: Vec<String>,
    /// JSON file with rows, switches and faults to start with
    #[arg(long, value_name = "FILE")]
    scenario: Option<PathBuf>,
    /// Worker quota of the account
    #[arg(long, value_name = "N")]
    quota: Option<i32>,
    /// Balance of the account in dollars
    #[arg(long, value_name = "DOLLARS")]
    balance: Option<f64>,
    /// Print the GraphQL schema and end
    #[arg(long)]
    print_schema: bool,
}

fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "runpod-emulator: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> io::Result<()> {
    if arguments.print_schema {
        return writeln!(io::stdout(), "{}", runpod_emulator::schema_sdl());
    }
    let scenario = match &arguments.scenario {
        Some(path) => Scenario::read(path)?,
        None => Scenario::default(),
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let mut ended = ShutdownSignal::listen()?;
        let emulator = Emulator::with(Options {
            port: arguments.port,
            state: arguments.state,
            quota: arguments.quota,
            balance: arguments.balance,
            keys: arguments.api_keys,
            restricted_keys: arguments.restricted_keys,
            other_keys: arguments.other_keys,
            scenario,
            ..Options::default()
        })?;
        let mut out = io::stdout();
        writeln!(out, "runpod-emulator listening on {}", emulator.url())?;
        out.flush()?;
        ended.wait().await;
        Ok(())
    })
}

#[cfg(unix)]
struct ShutdownSignal(tokio::signal::unix::Signal, tokio::signal::unix::Signal);

#[cfg(unix)]
impl ShutdownSignal {
    fn listen() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self(
            signal(SignalKind::interrupt())?,
            signal(SignalKind::terminate())?,
        ))
    }

    async fn wait(&mut self) {
        tokio::select! {
            _ = self.0.recv() => {}
            _ = self.1.recv() => {}
        }
    }
}

#[cfg(not(unix))]
struct ShutdownSignal;

#[cfg(not(unix))]
impl ShutdownSignal {
    fn listen() -> io::Result<Self> {
        Ok(Self)
    }

    async fn wait(&mut self) {
        let _ = tokio::signal::ctrl_c().await;
    }
}
