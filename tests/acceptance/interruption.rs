//! Interruption in every phase of an operation: what the API did is in the state, or is adopted by the next run, and
//! no process is left behind.

use std::time::Duration;

use runpod_emulator::{Drain, Effect, Fault, Root};
use serde_json::{Value, json};

use crate::{
    running::Running,
    support::{Cli, Ran, World, eventually},
};

/// What is interrupted.
#[derive(Clone, Copy, PartialEq)]
enum Doing {
    Create,
    Update,
    Delete,
}

/// What interrupts.
#[derive(Clone, Copy, PartialEq)]
enum Blow {
    /// SIGINT to Terraform and the provider, as a terminal sends it.
    CtrlC,
    /// The same once more.
    CtrlCTwice,
    /// SIGTERM to Terraform.
    Terminate,
    /// SIGKILL to Terraform.
    Kill,
}

use Blow::{CtrlC, CtrlCTwice, Kill, Terminate};
use Doing::{Create, Delete, Update};

const ADDRESS: &str = "runpod_endpoint.sdxl";

fn configuration(idle_timeout: u32) -> String {
    format!(
        "resource \"runpod_endpoint\" \"sdxl\" {{\n  name = \"sdxl\"\n  template_id = \"xkhgg72fuo\"\n  gpu_ids = \
         [\"AMPERE_16\"]\n  idle_timeout = {idle_timeout}\n}}\n"
    )
}

impl Doing {
    /// Brings the world to where this is next, and says with which arguments it is done.
    fn prepare(self, world: &World) -> &'static [&'static str] {
        world.write(&configuration(42));
        if self == Create {
            return &["apply", "-auto-approve", "-no-color"];
        }
        world.apply();
        world.write(&configuration(43));
        world.emulator.clear_requests();
        match self {
            Delete => &["destroy", "-auto-approve", "-no-color"],
            _ => &["apply", "-auto-approve", "-no-color"],
        }
    }

    /// The request that does it.
    fn request(self) -> Fault {
        match self {
            Create => Fault::on(Root::SaveEndpoint).create(),
            Update => Fault::on(Root::SaveEndpoint).update(),
            Delete => Fault::on(Root::DeleteEndpoint),
        }
    }

    /// Whether the API has done it.
    fn is_done(self, world: &World) -> bool {
        let rows = world.emulator.endpoints();
        match self {
            Create => rows.len() == 1,
            Update => rows[0].idle_timeout == 43,
            Delete => rows.is_empty(),
        }
    }

    /// Asserts that the state has what the API has done.
    fn is_in_the_state(self, world: &World) {
        let (state, rows) = (world.state(ADDRESS), world.emulator.endpoints());
        match self {
            Delete => assert_eq!(state, Value::Null),
            _ => {
                assert_eq!(rows.len(), 1, "not one endpoint");
                let known = (&state["id"], &state["idle_timeout"]);
                assert_eq!(known, (&json!(rows[0].id), &json!(rows[0].idle_timeout)));
            }
        }
    }
}

/// Interrupts while the request is parked, then lets it go on.
fn interrupted(cli: Cli, doing: Doing, parked: Effect, blow: Blow) {
    let world = World::new(cli);
    let arguments = doing.prepare(&world);
    world.emulator.fault(doing.request().then(parked));
    let mut terraform = Running::start(&world, arguments);
    assert!(world.emulator.wait_parked(Duration::from_secs(60)));
    match blow {
        CtrlC | CtrlCTwice => terraform.signal_all("INT"),
        Terminate => terraform.signal("TERM"),
        Kill => {
            terraform.signal("KILL");
            assert!(terraform.outlived(), "the provider has left its request");
        }
    }
    if blow != Kill {
        terraform.wait_for("Interrupt received");
    }
    if blow == CtrlCTwice {
        terraform.signal_all("INT");
        // Terraform does not wait any longer, so the provider must end with its request unanswered.
        terraform.end();
        world.emulator.release();
    } else {
        world.emulator.release();
        terraform.end();
    }
    eventually("the request is carried out", || doing.is_done(&world));
    if matches!(blow, CtrlC | Terminate) {
        doing.is_in_the_state(&world);
    }

    world.terraform(arguments).ok();
    assert!(doing.is_done(&world));
    doing.is_in_the_state(&world);
    world.emulator.clear_requests();
    world.terraform(arguments).ok();
    assert!(
        world.emulator.requests_for("saveEndpoint").is_empty(),
        "there is more to do"
    );
}

macro_rules! interruptions {
    ($($name:ident: $doing:ident, $parked:ident, $blow:ident, $cli:ident;)*) => {$(
        #[test]
        fn $name() {
            interrupted(Cli::$cli, $doing, Effect::$parked, $blow);
        }
    )*};
}

interruptions! {
    ctrl_c_before_a_create_is_carried_out: Create, HoldBefore, CtrlC, Older;
    ctrl_c_before_a_create_is_carried_out_with_the_newer_terraform: Create, HoldBefore, CtrlC, Newer;
    ctrl_c_after_a_create_was_carried_out: Create, HoldAfter, CtrlC, Older;
    ctrl_c_before_an_update_is_carried_out: Update, HoldBefore, CtrlC, Older;
    ctrl_c_after_an_update_was_carried_out: Update, HoldAfter, CtrlC, Older;
    ctrl_c_before_a_delete_is_carried_out: Delete, HoldBefore, CtrlC, Older;
    ctrl_c_after_a_delete_was_carried_out: Delete, HoldAfter, CtrlC, Older;
    a_second_ctrl_c_before_a_create_is_carried_out: Create, HoldBefore, CtrlCTwice, Older;
    a_second_ctrl_c_after_a_create_was_carried_out: Create, HoldAfter, CtrlCTwice, Older;
    a_second_ctrl_c_after_a_create_was_carried_out_with_the_newer_terraform: Create, HoldAfter, CtrlCTwice, Newer;
    a_second_ctrl_c_before_an_update_is_carried_out: Update, HoldBefore, CtrlCTwice, Older;
    a_second_ctrl_c_after_a_delete_was_carried_out: Delete, HoldAfter, CtrlCTwice, Older;
    sigterm_before_a_create_is_carried_out: Create, HoldBefore, Terminate, Older;
    sigterm_after_an_update_was_carried_out: Update, HoldAfter, Terminate, Older;
    sigterm_before_a_delete_is_carried_out: Delete, HoldBefore, Terminate, Older;
    kill_9_before_a_create_is_carried_out: Create, HoldBefore, Kill, Older;
    kill_9_after_a_create_was_carried_out: Create, HoldAfter, Kill, Older;
    kill_9_before_an_update_is_carried_out: Update, HoldBefore, Kill, Older;
    kill_9_after_an_update_was_carried_out: Update, HoldAfter, Kill, Older;
    kill_9_before_a_delete_is_carried_out: Delete, HoldBefore, Kill, Older;
    kill_9_after_a_delete_was_carried_out: Delete, HoldAfter, Kill, Older;
}

#[test]
fn an_apply_right_after_kill_9_waits_for_the_create_that_is_still_under_way() {
    let world = World::new(Cli::Older);
    let arguments = Create.prepare(&world);
    world.emulator.fault(Create.request().then(Effect::HoldBefore));
    let mut killed = Running::start(&world, arguments);
    assert!(world.emulator.wait_parked(Duration::from_secs(60)));
    killed.signal("KILL");
    assert!(killed.outlived());
    let mut next = Running::start(&world, arguments);
    next.wait_for("Still creating");
    assert_eq!(world.emulator.requests_for("saveEndpoint").len(), 1);
    world.emulator.release();
    killed.end();
    next.end().ok();
    assert_eq!(world.emulator.requests_for("saveEndpoint").len(), 1);
    Create.is_in_the_state(&world);
}

/// Interrupts by Ctrl-C while a read is parked that tells what a write has come to.
fn interrupted_while_confirming(doing: Doing, write: Effect, read: Fault) {
    let world = World::new(Cli::Older);
    let arguments = doing.prepare(&world);
    world.emulator.fault(doing.request().then(write));
    world.emulator.fault(read.then(Effect::HoldBefore));
    let mut terraform = Running::start(&world, arguments);
    assert!(world.emulator.wait_parked(Duration::from_secs(60)));
    assert!(doing.is_done(&world), "it is not yet being confirmed");
    terraform.signal_all("INT");
    terraform.wait_for("Interrupt received");
    world.emulator.release();
    terraform.end();
    doing.is_in_the_state(&world);
}

#[test]
fn ctrl_c_while_a_lost_create_is_looked_up() {
    let look = Fault::on(Root::MyselfEndpoints).nth(2);
    interrupted_while_confirming(Create, Effect::CloseAfterCommit, look);
}

#[test]
fn ctrl_c_while_a_delete_is_confirmed() {
    let confirmation = Fault::on(Root::MyselfEndpoint).nth(2);
    interrupted_while_confirming(Delete, Effect::latency_before(Duration::ZERO), confirmation);
}

/// Interrupts by Ctrl-C while the provider waits, for much longer than a test may take, to repeat a request that was
/// turned away: it must wait no more.
fn interrupted_while_waiting(doing: Doing, field: &str, hinder: fn(&World), relieve: fn(&World)) -> Ran {
    let world = World::new(Cli::Older);
    let arguments = doing.prepare(&world);
    hinder(&world);
    let mut terraform = Running::start(&world, arguments);
    let answered = || {
        world
            .emulator
            .requests_for(field)
            .iter()
            .any(|sent| sent.status.is_some())
    };
    eventually("the request is turned away", answered);
    terraform.signal_all("INT");
    terraform.wait_for("Interrupt received");
    let ran = terraform.end();
    ran.fails();
    assert!(!doing.is_done(&world));
    relieve(&world);
    world.terraform(arguments).ok();
    assert!(doing.is_done(&world));
    doing.is_in_the_state(&world);
    ran
}

#[test]
fn ctrl_c_while_a_create_waits_for_its_next_attempt() {
    let hinder = |world: &World| {
        let later = Effect::too_many_requests(Some("300"));
        world.emulator.fault(Create.request().then(later));
    };
    let ran = interrupted_while_waiting(Create, "saveEndpoint", hinder, |_| {});
    ran.says("the operation was interrupted")
        .says("before that: too many requests");
}

#[test]
fn ctrl_c_while_a_delete_waits_for_the_workers_to_end() {
    let hinder = |world: &World| {
        world
            .emulator
            .switches(|switches| switches.drain = Drain::Attempts(1000))
    };
    let relieve = |world: &World| {
        let id = world.emulator.endpoints().remove(0).id;
        world.emulator.edit(&id, |row| row.draining = None);
    };
    let ran = interrupted_while_waiting(Delete, "deleteEndpoint", hinder, relieve);
    ran.says("workers are still shutting down");
}

#[test]
fn a_create_that_was_cut_off_in_one_workspace_is_taken_over_there_alone() {
    let world = World::new(Cli::Older);
    let arguments = cut_off(&world);
    world.terraform(&["workspace", "new", "other"]).ok();
    world.apply();
    assert_eq!(world.emulator.endpoints().len(), 2);
    world.terraform(&["workspace", "select", "default"]).ok();
    world
        .terraform(arguments)
        .ok()
        .says("An endpoint of an interrupted apply was taken over");
    assert_eq!(world.emulator.endpoints().len(), 2);
    world.plans_clean();
}

#[test]
fn what_was_cut_off_becomes_what_the_configuration_says_by_now() {
    let world = World::new(Cli::Older);
    let arguments = cut_off(&world);
    world.write(&configuration(50).replace("AMPERE_16", "ADA_24"));
    world
        .terraform(arguments)
        .ok()
        .says("was taken over")
        .does_not_say("did not take");
    let rows = world.emulator.endpoints();
    assert_eq!(rows.len(), 1);
    assert_eq!(
        (rows[0].idle_timeout, rows[0].gpu_ids.as_deref()),
        (50, Some("ADA_24"))
    );
    world.plans_clean();
}

#[test]
fn what_was_cut_off_is_replaced_where_it_cannot_become_what_the_configuration_says_by_now() {
    let world = World::new(Cli::Older);
    let arguments = cut_off(&world);
    let id = world.emulator.endpoints()[0].id.clone();
    world.write(
        &configuration(42)
            .replace("gpu_ids", "instance_ids")
            .replace("AMPERE_16", "cpu3c-2-4"),
    );
    world
        .terraform(arguments)
        .fails()
        .says("is of another kind")
        .says("instance_ids and gpu_ids");
    assert_eq!(world.state(ADDRESS)["id"], id);
    world
        .terraform(arguments)
        .ok()
        .says("1 added, 0 changed, 1 destroyed");
    let rows = world.emulator.endpoints();
    assert_eq!(rows.len(), 1);
    assert_ne!(rows[0].id, id);
    world.plans_clean();
}

#[test]
fn taking_over_what_was_cut_off_may_be_cut_off_as_well() {
    let world = World::new(Cli::Older);
    let arguments = cut_off(&world);
    world.write(&configuration(50));
    world.emulator.fault(Update.request().then(Effect::HoldBefore));
    let terraform = Running::start(&world, arguments);
    assert!(world.emulator.wait_parked(Duration::from_secs(60)));
    terraform.signal("KILL");
    world.emulator.release();
    terraform.end();
    world.terraform(arguments).ok().says("was taken over");
    let rows = world.emulator.endpoints();
    assert_eq!((rows.len(), rows[0].idle_timeout), (1, 50));
    assert_eq!(world.state(ADDRESS)["id"], rows[0].id);
    world.plans_clean();
}

/// Kills Terraform while it creates an endpoint, which the API then makes. Answers with which arguments.
fn cut_off(world: &World) -> &'static [&'static str] {
    let arguments = Create.prepare(world);
    world.emulator.fault(Create.request().then(Effect::HoldAfter));
    let terraform = Running::start(world, arguments);
    assert!(world.emulator.wait_parked(Duration::from_secs(60)));
    terraform.signal("KILL");
    world.emulator.release();
    terraform.end();
    arguments
}
