//! The handle on a running emulator: what tests and the program start, look into, and disturb.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::PathBuf,
    sync::Arc,
    thread::JoinHandle,
    time::Duration,
};

use tokio::sync::oneshot;

use crate::{
    account::{
        Account,
        keys::{Accounts, Keys},
        rows::StoredDiscount,
        store::Store,
        switches::Switches,
    },
    faults::fault::Fault,
    graphql::Engine,
    rest::Rest,
    scenario::Scenario,
    wire::log::RequestRecord,
    world::World,
};

mod rows;

/// The key an emulator accepts unless it is told others.
pub const DEFAULT_KEY: &str = "rpa_emulator";

/// How an emulator starts.
#[derive(Clone, Debug)]
pub struct Options {
    /// The port on 127.0.0.1; 0 is any free one.
    pub port: u16,
    /// The file the account lives in; none keeps it in memory.
    pub state: Option<PathBuf>,
    /// The account's worker quota; none leaves it as it is stored, 30 at first.
    pub quota: Option<i32>,
    /// The account's balance in dollars; none leaves it as it is stored, 100 at first.
    pub balance: Option<f64>,
    /// The keys of the account.
    pub keys: Vec<String>,
    /// Keys that are known but have no right to this API.
    pub restricted_keys: Vec<String>,
    /// Keys of another user's account, which owns nothing of the first.
    pub other_keys: Vec<String>,
    /// How it behaves where nobody knows how the real API does.
    pub switches: Switches,
    /// What to put into the account, and the faults to start with.
    pub scenario: Scenario,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            port: 0,
            state: None,
            quota: None,
            balance: None,
            keys: vec![DEFAULT_KEY.into()],
            restricted_keys: Vec::new(),
            other_keys: Vec::new(),
            switches: Switches::default(),
            scenario: Scenario::default(),
        }
    }
}

/// A running emulator; it ends when this is dropped.
pub struct Emulator {
    address: SocketAddr,
    key: String,
    world: Arc<World>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Emulator {
    /// Starts an emulator with the default options.
    ///
    /// # Panics
    /// When no loopback port can be had.
    #[allow(clippy::panic)]
    pub fn start() -> Self {
        Self::with(Options::default()).unwrap_or_else(|error| panic!("the emulator cannot start: {error}"))
    }

    /// Starts an emulator.
    ///
    /// # Errors
    /// When the port is taken, the state file cannot be read or is another emulator's, or a fault of the scenario
    /// is impossible.
    pub fn with(options: Options) -> io::Result<Self> {
        let Options {
            port,
            state,
            quota,
            balance,
            keys,
            restricted_keys,
            other_keys,
            switches,
            scenario,
        } = options;
        let key = keys.first().cloned().unwrap_or_else(|| DEFAULT_KEY.into());
        let keys = Keys {
            owner: keys,
            restricted: restricted_keys,
            other: other_keys,
        };
        let accounts = Accounts::new(Account::open(state)?, Account::of_another_user(), keys);
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(|error| {
            io::Error::new(
                error.kind(),
                format!("cannot listen on 127.0.0.1:{port}: {error}"),
            )
        })?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let rest = Rest::new(format!("http://{address}/jobs"));
        let world = Arc::new(World::new(accounts, Engine::new()?, rest));
        let switches = scenario.switches.unwrap_or(switches);
        switches
            .check()
            .map_err(|text| io::Error::new(io::ErrorKind::InvalidInput, text))?;
        world.switch(|kept| *kept = switches);
        world.accounts.own.console(|store| {
            store.data.quota = quota.or(scenario.quota).unwrap_or(store.data.quota);
            store.data.balance = balance.or(scenario.balance).unwrap_or(store.data.balance);
            scenario
                .endpoints
                .into_iter()
                .for_each(|row| drop(store.put(row)));
            scenario
                .templates
                .into_iter()
                .for_each(|row| drop(store.put(row)));
            scenario.volumes.into_iter().for_each(|row| drop(store.put(row)));
            scenario
                .registries
                .into_iter()
                .for_each(|row| drop(store.put(row)));
            scenario.secrets.into_iter().for_each(|row| drop(store.put(row)));
        })?;
        for fault in scenario.faults {
            let added = world.add_fault(fault);
            added.map_err(|text| {
                io::Error::new(io::ErrorKind::InvalidInput, format!("impossible fault: {text}"))
            })?;
        }
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let (stop, stopped) = oneshot::channel::<()>();
        let shared = Arc::clone(&world);
        let thread = std::thread::Builder::new()
            .name("runpod-emulator".into())
            .spawn(move || {
                runtime.block_on(async {
                    let Ok(listener) = tokio::net::TcpListener::from_std(listener) else {
                        return;
                    };
                    tokio::select! {
                        _ = crate::http::server::serve(listener, shared) => {}
                        _ = stopped => {}
                    }
                });
                runtime.shutdown_background();
            })?;
        Ok(Self {
            address,
            key,
            world,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// The address of the API, `http://127.0.0.1:PORT/graphql`.
    pub fn url(&self) -> String {
        format!("http://{}/graphql", self.address)
    }

    /// The address of REST v2, `http://127.0.0.1:PORT/v2`.
    pub fn rest_url(&self) -> String {
        format!("http://{}/v2", self.address)
    }

    /// The address of the jobs API, below which the endpoints' ids stand: `http://127.0.0.1:PORT/jobs`.
    pub fn jobs_url(&self) -> String {
        format!("http://{}/jobs", self.address)
    }

    /// The address of an admin route, such as `state`.
    pub fn admin_url(&self, route: &str) -> String {
        format!("http://{}/_emulator/{route}", self.address)
    }

    /// The first key of the account.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Accepts another key of the account.
    pub fn add_key(&self, key: impl Into<String>) {
        self.world.accounts.keys().owner.push(key.into());
    }

    /// Takes a key away, whoever's it is: it is unknown from now on.
    pub fn revoke_key(&self, key: &str) {
        self.world.accounts.keys().revoke(key);
    }

    /// Sets the account's worker quota.
    pub fn set_quota(&self, quota: i32) {
        self.write(|store| store.data.quota = quota);
    }

    /// Sets the account's balance in dollars.
    pub fn set_balance(&self, balance: f64) {
        self.write(|store| store.data.balance = balance);
    }

    /// Sets the account's discount on serverless, or takes it away.
    pub fn set_discount(&self, discount: Option<StoredDiscount>) {
        self.write(|store| store.data.discount = discount);
    }

    /// Changes the switches.
    pub fn switches(&self, change: impl FnOnce(&mut Switches)) {
        self.world.switch(change);
    }

    /// Puts a fault in force and gives its number.
    ///
    /// # Panics
    /// When it could never strike, or its effect could never happen.
    #[allow(clippy::panic)]
    pub fn fault(&self, fault: Fault) -> u64 {
        self.world
            .add_fault(fault)
            .unwrap_or_else(|text| panic!("impossible fault: {text}"))
    }

    /// How many requests the fault of this number has struck.
    pub fn struck(&self, fault: u64) -> u32 {
        self.world.plan().struck(fault)
    }

    /// Takes all faults away; requests that are parked stay so.
    pub fn clear_faults(&self) {
        self.world.plan().clear();
    }

    /// The log of requests since it was last cleared.
    pub fn requests(&self) -> Vec<RequestRecord> {
        self.world.log().records().to_vec()
    }

    /// Those requests of the log that ask for this field or operation, such as `saveEndpoint`, `myself.endpoints` or
    /// `PATCH /v2/serverless/{id}`.
    pub fn requests_for(&self, field: &str) -> Vec<RequestRecord> {
        self.requests()
            .into_iter()
            .filter(|record| record.asks(field))
            .collect()
    }

    /// Empties the log.
    pub fn clear_requests(&self) {
        self.world.log().clear();
    }

    /// The most requests that were open at once since the log was last cleared.
    pub fn peak_concurrency(&self) -> usize {
        self.world.log().peak()
    }

    /// Waits until a request is parked; false when none was in time.
    pub fn wait_parked(&self, patience: Duration) -> bool {
        self.wait_parked_count(1, patience)
    }

    /// Waits until so many requests are parked; false when they were not in time.
    pub fn wait_parked_count(&self, count: usize, patience: Duration) -> bool {
        self.world.holds.wait(count, patience)
    }

    /// Lets all parked requests go on and says how many there were.
    pub fn release(&self) -> usize {
        self.world.holds.release()
    }

    /// A change whose state file cannot be written still holds in memory.
    fn write<T>(&self, change: impl FnOnce(&mut Store) -> T) -> T {
        let mut store = self.world.accounts.own.store();
        let done = change(&mut store);
        let _ = store.persist();
        done
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
