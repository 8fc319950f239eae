//! Reads that are shared, true, and never taken for more than they say.

use std::time::Duration;

use runpod_emulator::{Effect, Fault, Root, StoredEndpoint};
use serde_json::json;

use crate::support::{Cli, Ran, World, ran};

/// One resource for each name and id, and imports of them all.
fn imports(endpoints: &[(String, String)]) -> String {
    let pairs: Vec<String> = endpoints
        .iter()
        .map(|(name, id)| format!("    {name} = {id:?}\n"))
        .collect();
    format!(
        r#"
        locals {{
          ids = {{
        {}
          }}
        }}
        import {{
          for_each = local.ids
          to       = runpod_endpoint.of[each.key]
          id       = each.value
        }}
        resource "runpod_endpoint" "of" {{
          for_each    = local.ids
          name        = each.key
          template_id = "xkhgg72fuo"
          gpu_ids     = ["AMPERE_16"]
        }}
        "#,
        pairs.concat()
    )
}

/// A world with so many endpoints, of which those from this number on are imported; with these.
fn imported(count: usize, from: usize) -> (World, Vec<(String, String)>) {
    let world = World::new(Cli::Older);
    let name = |number: usize| format!("of{number}");
    let ids = world
        .emulator
        .add_endpoints(count, |number| StoredEndpoint::named(name(number)));
    let endpoints: Vec<_> = ids
        .into_iter()
        .enumerate()
        .skip(from)
        .map(|(number, id)| (name(number), id))
        .collect();
    world.write(&imports(&endpoints));
    world
        .apply()
        .says(&format!("{} imported, 0 added, 0 changed", endpoints.len()));
    world.emulator.clear_requests();
    (world, endpoints)
}

#[test]
fn a_refresh_of_200_endpoints_is_one_request() {
    let (world, _) = imported(200, 0);
    world.plans_clean();
    assert_eq!(world.emulator.requests().len(), 1);
}

#[test]
fn endpoints_that_the_capped_list_does_not_show_stay_in_the_state_until_they_are_gone() {
    let (world, endpoints) = imported(450, 390);
    world.plans_clean();
    let singly = world.emulator.requests_for("myself.endpoint");
    assert_eq!((singly.len(), world.emulator.requests().len()), (50, 51));

    // An error of the read by id that looks as if the endpoint were gone, and those that do not.
    let errors = [
        Effect::internal_error(),
        Effect::partial("myself.endpoint"),
        Effect::error("Unauthorized", "RUNPOD"),
        Effect::data_null(),
        Effect::http(401, ""),
    ];
    for effect in errors {
        world
            .emulator
            .fault(Fault::on(Root::MyselfEndpoint).always().then(effect.clone()));
        let ran = no_retries(
            &world,
            &["plan", "-no-color", "-target=runpod_endpoint.of[\"of449\"]"],
        );
        assert_eq!(ran.code, Some(1), "{effect:?} plans as\n{}", ran.text);
        world.emulator.clear_faults();
    }

    world.emulator.remove(&endpoints[59].1);
    world.plans_changes().says("1 to add, 0 to change, 0 to destroy");
}

fn no_retries(world: &World, arguments: &[&str]) -> Ran {
    ran(world
        .command(arguments)
        .env("RUNPOD_MAX_RETRIES", "0")
        .output()
        .unwrap())
}

#[test]
fn a_failing_list_fails_each_reader_alike_and_is_retried_once_for_them_all() {
    let (world, endpoints) = imported(5, 0);
    world
        .emulator
        .fault(Fault::on(Root::MyselfEndpoints).always().then(Effect::html(502)));
    let mut plan = world.command(&["plan", "-json"]);
    let ran = ran(plan.env("RUNPOD_MAX_RETRIES", "1").output().unwrap());
    ran.fails();
    assert_eq!(world.emulator.requests().len(), 2);
    let mut errors = ran.errors();
    errors.sort();
    assert_eq!(errors.len(), endpoints.len());
    for ((address, said), (name, id)) in errors.iter().zip(&endpoints) {
        assert_eq!(*address, format!("runpod_endpoint.of[{name:?}]"));
        for part in ["Runpod is unavailable", "HTTP 502", "2 attempts", name, id] {
            assert!(said.contains(part), "{part:?} is not said in {said}");
        }
    }
}

#[test]
fn no_failure_to_read_plans_as_no_changes() {
    let (world, _) = imported(2, 0);
    let partial = |path: &str| Effect::Partial {
        path: path.into(),
        message: "Not for you.".into(),
        code: "RUNPOD".into(),
    };
    let failures = [
        Effect::http(401, ""),
        Effect::error("Unauthorized", "RUNPOD"),
        partial("myself"),
        partial("myself.endpoints.0"),
        partial("myself.endpoints.1.workersMax"),
        Effect::firewall(),
        Effect::too_many_requests(None),
        Effect::html(500),
        Effect::not_json(),
        Effect::data_null(),
        Effect::CutBody,
        Effect::CloseDuring,
        Effect::http(200, r#"{"data":{"myself":null}}"#),
        Effect::http(
            200,
            r#"{"data":{"myself":{"endpoints":null,"serverlessDiscount":null}}}"#,
        ),
        Effect::http(
            200,
            r#"{"data":{"myself":{"endpoints":[null],"serverlessDiscount":null}}}"#,
        ),
        Effect::http(200, "{}"),
    ];
    for effect in failures {
        world
            .emulator
            .fault(Fault::on(Root::Any).always().then(effect.clone()));
        let ran = no_retries(&world, &["plan", "-detailed-exitcode", "-no-color"]);
        assert_eq!(ran.code, Some(1), "{effect:?} plans as\n{}", ran.text);
        ran.does_not_say("No changes")
            .says("with runpod_endpoint.of[\"of0\"]");
        world.emulator.clear_faults();
    }
    world.plans_clean();
}

on_both! {
    fn a_deletion_outside_terraform_is_seen(world) {
        let id = world.emulator.add_endpoint(StoredEndpoint::named("of0"));
        world.write(&imports(&[("of0".to_owned(), id.clone())]));
        world.apply();
        world.emulator.remove(&id);
        world.terraform(&["plan", "-refresh-only", "-no-color"]).ok().says("has been deleted");
        world.plans_changes().says("1 to add, 0 to change, 0 to destroy");
        world.apply();
        assert_eq!(world.emulator.endpoints().len(), 1);
        world.plans_clean();
    }
}

#[test]
fn a_deletion_that_reads_show_late_is_waited_for() {
    let (world, _) = imported(1, 0);
    world
        .emulator
        .switches(|switches| switches.reads_before_deleted = 2);
    world.destroy();
    let confirmed = world.emulator.requests_for("myself.endpoint");
    assert!(confirmed.len() > 2, "it was not looked at until it was gone");
    assert!(world.emulator.endpoints().is_empty());
}

#[test]
fn a_read_never_shows_what_was_true_before_a_write_of_the_same_apply() {
    let world = World::new(Cli::Older);
    let one = |number: u64, idle_timeout: u32| {
        format!(
            r#"
            resource "runpod_endpoint" "of{number}" {{
              name         = "of{number}"
              template_id  = "xkhgg72fuo"
              gpu_ids      = ["AMPERE_16"]
              idle_timeout = {idle_timeout}
            }}
            data "runpod_endpoint" "of{number}" {{
              name       = "of{number}"
              depends_on = [runpod_endpoint.of{number}]
            }}
            "#
        )
    };
    let all = |idle_timeout: u32| (0..6).map(|number| one(number, idle_timeout)).collect::<String>();
    world.write(&all(42));
    world.apply();
    // Each list is under way while some update goes on, and some lists end after it.
    let slow = |milliseconds| Effect::latency_after(Duration::from_millis(milliseconds));
    for number in 0..6 {
        let update = Fault::on(Root::SaveEndpoint).update().name(format!("of{number}"));
        world.emulator.fault(update.then(slow(70 * number)));
    }
    world
        .emulator
        .fault(Fault::on(Root::MyselfEndpoints).always().then(slow(100)));
    world.write(&all(43));
    world.apply();
    let states = world.states();
    for number in 0..6 {
        let read = &states[&format!("data.runpod_endpoint.of{number}")];
        assert_eq!(read["idle_timeout"], json!(43), "of{number}");
    }
}
