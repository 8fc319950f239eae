//! GraphQL's end: every operation says so and names `api = "rest"`, nothing is lost, and the other API goes on. And
//! what an apply, a refresh and a shared template cost and mean over REST v2.

use runpod_emulator::{GraphqlEnd, SAMPLE_TEMPLATE, StoredEndpoint};
use serde_json::json;

use crate::support::{Cli, World};

const APPLY: &[&str] = &["apply", "-auto-approve", "-no-color"];
const DESTROY: &[&str] = &["destroy", "-auto-approve", "-no-color"];

const LIST: &str = "GET /v2/serverless";
const POST: &str = "POST /v2/serverless";
const PATCH: &str = "PATCH /v2/serverless/{id}";

fn configuration(extra: &str) -> String {
    format!(
        "resource \"runpod_endpoint\" \"sdxl\" {{\n  name = \"sdxl\"\n  template_id = \"xkhgg72fuo\"\n  gpu_ids = \
         [\"AMPERE_16\"]\n{extra}\n}}\n"
    )
}

on_both! {
    fn a_graphql_that_has_ended_takes_nothing_along_and_rest_goes_on(world) {
        world.write(&configuration(""));
        world.apply();
        let (state, rows) = (world.state("runpod_endpoint.sdxl"), world.emulator.endpoints());
        for end in [GraphqlEnd::Gone, GraphqlEnd::NotFound] {
            world.emulator.switches(|switches| switches.graphql_end = end);
            for arguments in [&["plan", "-no-color"][..], APPLY, DESTROY] {
                let ran = world.terraform(arguments);
                ran.fails().says("this API has ended").says("api = \"rest\"").says("RUNPOD_API=rest");
                ran.does_not_say("No changes").does_not_say("Destroy complete");
            }
            assert_eq!(world.state("runpod_endpoint.sdxl"), state);
            assert_eq!(world.emulator.endpoints(), rows);
        }
        world.plans_clean_over("rest");
        world.over("rest", APPLY).ok().says("0 added, 0 changed, 0 destroyed");
        assert_eq!(world.state("runpod_endpoint.sdxl"), state);
        // A destroy that was planned before it ended deletes nothing either.
        world.emulator.switches(|switches| switches.graphql_end = GraphqlEnd::Alive);
        world.terraform(&["plan", "-destroy", "-out=plan", "-no-color"]).ok();
        world.emulator.switches(|switches| switches.graphql_end = GraphqlEnd::Gone);
        world.terraform(&["apply", "-no-color", "plan"]).fails().says("this API has ended");
        assert_eq!(world.state("runpod_endpoint.sdxl"), state);
        assert_eq!(world.emulator.endpoints(), rows);
        world.over("rest", DESTROY).ok();
        assert!(world.emulator.endpoints().is_empty());
    }
}

#[test]
fn an_apply_costs_one_list_and_one_post_each_also_where_the_names_are_the_same() {
    let world = World::new(Cli::Older);
    world.emulator.set_quota(1000);
    world.write(
        r#"
        resource "runpod_endpoint" "of" {
          count   = 12
          name    = count.index < 6 ? "same" : "other-${count.index}"
          image   = "acme/sdxl:1"
          gpu_ids = ["AMPERE_16"]
        }
        "#,
    );
    world.apply();
    let count = |operation: &str| world.emulator.requests_for(operation).len();
    assert_eq!(
        (count(LIST), count(POST), world.emulator.requests().len()),
        (1, 12, 13)
    );
    assert_eq!(world.emulator.endpoints().len(), 12);
    // A refresh is one list, and a plan is nothing more.
    world.emulator.clear_requests();
    world.plans_clean();
    assert_eq!((count(LIST), world.emulator.requests().len()), (1, 1));
}

#[test]
fn a_refresh_costs_one_list_for_each_page() {
    let world = World::new(Cli::Older);
    world.emulator.set_quota(10_000);
    world.write(&configuration(""));
    world.over("rest", APPLY).ok();
    world
        .emulator
        .add_endpoints(1_005, |number| StoredEndpoint::named(format!("other{number}")));
    // Ours is on the first page or on the second one: the pages come in an order of their own.
    world.emulator.clear_requests();
    world.plans_clean_over("rest");
    assert_eq!(world.emulator.requests_for(LIST).len(), 2);
    assert_eq!(world.emulator.requests().len(), 2);
}

#[test]
fn a_write_of_a_container_that_others_share_is_refused_at_plan_and_a_rename_is_warned_of() {
    let world = World::new(Cli::Older);
    let other = world.emulator.add_endpoint(StoredEndpoint::named("other"));
    world.write(&configuration(""));
    world.over("graphql", APPLY).ok();
    let image = || {
        let templates = world.emulator.templates();
        let sample = templates
            .into_iter()
            .find(|row| row.id == SAMPLE_TEMPLATE)
            .unwrap();
        (sample.name, sample.image_name)
    };
    let before = image();
    // What writes no container says nothing.
    world.write(&configuration("idle_timeout = 44"));
    world.over("rest", APPLY).ok().does_not_say("template behind");
    let own = configuration("").replace("template_id = \"xkhgg72fuo\"", "image = \"acme/own:1\"");
    let another = configuration("").replace("xkhgg72fuo", "an0ther0ne");
    for (refused, instead) in [
        (&own, "Give the endpoint a template of its own first"),
        (&another, "Switch it over GraphQL"),
    ] {
        world.write(refused);
        let ran = world.over("rest", &["plan", "-no-color"]);
        ran.fails()
            .says("The endpoint's template is not its own")
            .says(&other)
            .says(instead)
            .says("terraform taint");
    }
    assert_eq!(image(), before);
    // It follows the template, so that a revision of it has nothing to write.
    let revised = "idle_timeout = 44\ntemplate_revision = \"2\"";
    world.write(&configuration(revised));
    world.emulator.clear_requests();
    world
        .over("rest", APPLY)
        .ok()
        .says("1 changed")
        .does_not_say("template behind");
    assert!(world.emulator.requests_for(PATCH).is_empty());
    assert_eq!(image(), before);
    world.write(&configuration("").replace("\"sdxl\"\n", "\"renamed\"\n"));
    let ran = world.over("rest", &["plan", "-no-color"]);
    ran.ok().says("The template is renamed, too").says(&other);
    assert_eq!(image(), before);

    // Nobody can tell any more once GraphQL has ended.
    world
        .emulator
        .switches(|switches| switches.graphql_end = GraphqlEnd::Gone);
    world.write(&own);
    world
        .over("rest", &["plan", "-no-color"])
        .ok()
        .says("Other endpoints may be changed, too");
    world.emulator.clear_requests();
    world
        .over("rest", APPLY)
        .ok()
        .says("Other endpoints may be changed, too");
    let sent = world.emulator.requests_for(PATCH);
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].input()["image"], json!("acme/own:1"));
}

mod interrupted {
    //! Interruption during a create over REST v2: exactly one endpoint in the end.

    #![cfg(unix)]

    use std::time::Duration;

    use runpod_emulator::{Effect, Fault, Noun, Root};
    use serde_json::json;

    use super::{APPLY, POST};
    use crate::{
        running::Running,
        support::{Cli, World, eventually},
    };

    fn interrupted(parked: Effect, is_killed: bool) {
        let world = World::new(Cli::Older);
        world.write(
            "resource \"runpod_endpoint\" \"sdxl\" {\n  name = \"sdxl\"\n  image = \"a:1\"\n  gpu_ids = [\"ADA_24\"]\n}\n",
        );
        world
            .emulator
            .fault(Fault::on(Root::RestCreate(Noun::Endpoint)).then(parked));
        let mut terraform = Running::start(&world, APPLY);
        assert!(world.emulator.wait_parked(Duration::from_secs(60)));
        if is_killed {
            terraform.signal("KILL");
            assert!(terraform.outlived(), "the provider has left its request");
            world.emulator.release();
            terraform.end();
        } else {
            terraform.signal_all("INT");
            terraform.wait_for("Interrupt received");
            terraform.signal_all("INT");
            terraform.end();
            world.emulator.release();
        }
        eventually("the create is carried out", || {
            world.emulator.endpoints().len() == 1
        });
        world.terraform(APPLY).ok();
        let rows = world.emulator.endpoints();
        assert_eq!(rows.len(), 1);
        assert_eq!(world.state("runpod_endpoint.sdxl")["id"], json!(rows[0].id));
        assert_eq!(world.emulator.requests_for(POST).len(), 1);
        world.plans_clean();
    }

    #[test]
    fn kill_9_before_a_create_is_carried_out() {
        interrupted(Effect::HoldBefore, true);
    }

    #[test]
    fn kill_9_after_a_create_was_carried_out() {
        interrupted(Effect::HoldAfter, true);
    }

    #[test]
    fn a_second_ctrl_c_before_a_create_is_carried_out() {
        interrupted(Effect::HoldBefore, false);
    }

    #[test]
    fn a_second_ctrl_c_after_a_create_was_carried_out() {
        interrupted(Effect::HoldAfter, false);
    }
}
