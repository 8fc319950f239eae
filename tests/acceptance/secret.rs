//! `runpod_secret`: what is special to it. What it has in common with the others is in `nouns`.

use runpod_emulator::StoredSecret;
use serde_json::{Value, json};

use crate::support::{Cli, World};

fn secret(more: &str) -> String {
    format!("resource \"runpod_secret\" \"x\" {{\n  name = \"hf_token\"\n{more}\n}}\n")
}

fn row(world: &World) -> StoredSecret {
    let rows = world.emulator.secrets();
    assert_eq!(rows.len(), 1, "{rows:?}");
    rows[0].clone()
}

fn patches(world: &World) -> Vec<Value> {
    let requests = world.emulator.requests_for("PATCH /v2/account/secrets/{id}");
    requests.iter().map(|request| request.input()).collect()
}

/// Writes another value, as somebody in the console does.
fn write_outside(world: &World, at: &str) {
    world.emulator.edit_secret(&row(world).id, |row| {
        row.value = "of somebody".to_owned();
        row.value_updated_at = Some(at.to_owned());
    });
}

on_both! {
    fn a_value_that_was_changed_outside_is_told_and_sent_again(world) {
        world.write(&secret("  value = \"mine\""));
        world.apply();
        world.plans_clean();
        for at in ["2027-01-01T00:00:00Z", "2027-01-02T00:00:00Z"] {
            write_outside(world, at);
            world.emulator.clear_requests();
            let plan = world.plans_changes();
            plan.says("was changed outside Terraform").says(at).says("sends the configuration's value again");
            world.apply().says("0 added, 1 changed, 0 destroyed");
            assert_eq!(patches(world), [json!({"value": "mine"})]);
            assert_eq!(row(world).value, "mine");
            world.plans_clean();
        }
    }

    fn a_write_only_value_follows_its_version(world) {
        let with = |value: &str, version: u32, more: &str| {
            world.write(&secret(&format!("  value_wo = \"{value}\"\n  value_wo_version = {version}\n{more}")));
        };
        with("one", 1, "");
        world.apply();
        assert_eq!(row(world).value, "one");
        assert_eq!(world.state("runpod_secret.x")["value_wo"], Value::Null);
        // Without another version nobody can see that it is another one.
        with("two", 1, "");
        world.plans_clean();
        world.emulator.clear_requests();
        with("two", 1, "  description = \"x\"");
        world.apply();
        assert_eq!(patches(world), [json!({"description": "x"})]);
        world.emulator.clear_requests();
        with("two", 2, "  description = \"x\"");
        world.apply().says("1 changed");
        assert_eq!(patches(world), [json!({"value": "two"})]);
        world.plans_clean();
        // Changed outside it is told, and sent again with another version.
        write_outside(world, "2027-01-01T00:00:00Z");
        let plan = world.plan();
        assert_eq!(plan.code, Some(0));
        plan.says("was changed outside Terraform").says("change value_wo_version");
        with("two", 3, "  description = \"x\"");
        world.apply();
        assert_eq!(row(world).value, "two");
        world.plan().warns_of_nothing();
    }
}

#[test]
fn a_value_goes_from_the_state_to_write_only_and_back() {
    let world = World::new(Cli::Older);
    world.write(&secret("  value = \"one\""));
    world.apply();
    let id = row(&world).id;
    world.write(&secret("  value_wo = \"two\"\n  value_wo_version = 1"));
    world.apply().says("0 added, 1 changed, 0 destroyed");
    let state = world.state("runpod_secret.x");
    assert_eq!(
        (row(&world).value.as_str(), &state["value"]),
        ("two", &Value::Null)
    );
    world.plans_clean();
    world.write(&secret("  value = \"three\""));
    world.apply().says("0 added, 1 changed, 0 destroyed");
    assert_eq!(row(&world).value, "three");
    world.plans_clean();
    assert_eq!(row(&world).id, id);
}

#[test]
fn a_value_is_not_changed_outside_by_a_time_that_is_told_with_fewer_digits() {
    let world = World::new(Cli::Older);
    world.write(&secret("  value = \"one\""));
    world.apply();
    // What the create wrote may be told as written then.
    let edit = |change: fn(&mut StoredSecret)| assert!(world.emulator.edit_secret(&row(&world).id, change));
    edit(|row| row.value_updated_at = Some(row.created_at.clone()));
    world.plan().warns_of_nothing();
    world.write(&secret("  value = \"two\""));
    world.apply();
    edit(|row| {
        row.value_updated_at = row
            .value_updated_at
            .take()
            .map(|at| at[..19].to_owned() + ".000+00:00")
    });
    let ran = world.plan();
    assert_eq!(ran.code, Some(0), "{}", ran.text);
    ran.warns_of_nothing().does_not_say("changed outside");
    write_outside(&world, "2027-01-01T00:00:00Z");
    world.plans_changes().says("was changed outside Terraform");
}

#[test]
fn a_description_is_changed_alone_and_cleared() {
    let world = World::new(Cli::Older);
    for (more, stored, body) in [
        ("", None, None),
        (
            "  description = \"a \\\"b\\\" 😀\"",
            Some("a \"b\" 😀"),
            Some(json!({"description": "a \"b\" 😀"})),
        ),
        ("", None, Some(json!({"description": ""}))),
    ] {
        world.emulator.clear_requests();
        world.write(&secret(&format!("  value = \"v\"\n{more}")));
        world.apply();
        assert_eq!(row(&world).description.as_deref(), stored);
        assert_eq!(patches(&world), body.into_iter().collect::<Vec<_>>());
        world.plans_clean();
    }
    world.emulator.edit_secret(&row(&world).id, |row| {
        row.description = Some("of somebody".to_owned())
    });
    world.plans_changes().says("- description = \"of somebody\"");
    world.apply();
    assert_eq!(row(&world).description, None);
    world.write(&secret("  value = \"v\"\n  description = \"\""));
    world.plan().fails().says("description").says("null");
}

#[test]
fn values_are_sent_verbatim() {
    let world = World::new(Cli::Older);
    let value = " line 1\nline \"2\" 😀 ${x} = \\ ";
    world.write_file("value.txt", value);
    world.write(&secret("  value = file(\"value.txt\")"));
    world.apply();
    assert_eq!(row(&world).value, value);
    world.plans_clean();
}

#[test]
fn names_that_runpod_would_refuse_are_told_at_validate() {
    let world = World::new(Cli::Older);
    for (name, said) in [
        ("1a", "begins with a letter"),
        ("a b", "begins with a letter"),
        ("RUNPOD_x", "must not begin with RUNPOD"),
        ("", "name"),
    ] {
        world.write(&secret("  value = \"v\"").replace("hf_token", name));
        world.terraform(&["validate", "-no-color"]).fails().says(said);
    }
    for name in ["_a", "hf/token.1-x"] {
        world.write(&secret("  value = \"v\"").replace("hf_token", name));
        world.terraform(&["validate", "-no-color"]).ok();
    }
    for (more, said) in [
        (
            "value = \"a\"\n  value_wo = \"b\"\n  value_wo_version = 1",
            "Two ways to give the value",
        ),
        ("value_wo = \"b\"", "value_wo needs value_wo_version"),
        (
            "value = \"a\"\n  value_wo_version = 1",
            "value_wo_version goes with value_wo alone",
        ),
    ] {
        world.write(&secret(more));
        world.terraform(&["validate", "-no-color"]).fails().says(said);
    }
    // What exists may lack it in its configuration, so that the plan tells.
    world.write(&secret(""));
    world.plan().fails().says("No value is given");
}

#[test]
fn a_secret_that_was_replaced_is_written_where_it_is_referred_to() {
    let world = World::new(Cli::Older);
    let configuration = |name: &str| {
        format!(
            r#"
            resource "runpod_secret" "x" {{
              name  = "{name}"
              value = "v"
            }}
            resource "runpod_template" "x" {{
              name  = "worker"
              image = "example/worker:1"
              env   = {{ TOKEN = runpod_secret.x.reference }}
            }}
            "#
        )
    };
    world.write(&configuration("one"));
    world.apply();
    let plan = || world.plan_json();
    world.write(&configuration("two"));
    let planned = plan();
    let template = crate::support::planned(&planned, "runpod_template.x");
    assert_eq!(
        template["after"]["env"],
        json!({"TOKEN": "{{ RUNPOD_SECRET_two }}"}),
        "it is known at plan"
    );
    world.terraform(&["apply", "-no-color", "plan"]).ok();
    assert_eq!(row(&world).name, "two");
    let template = world
        .emulator
        .templates()
        .into_iter()
        .find(|row| row.name == "worker")
        .unwrap();
    assert_eq!(template.env[0].value, "{{ RUNPOD_SECRET_two }}");
    world.plan().warns_of_nothing();
    world.plans_clean();
}
