//! What happens outside Terraform: an endpoint deleted, scaled down, or gone between plan and apply.

use runpod_emulator::Drain;

use crate::support::World;

const ENDPOINT: &str = r#"
resource "runpod_endpoint" "x" {
  name         = "shared"
  template_id  = "xkhgg72fuo"
  gpu_ids      = ["AMPERE_16"]
  workers_max  = 3
  idle_timeout = 5
}
"#;

fn applied(world: &World) -> String {
    world.write(ENDPOINT);
    world.apply();
    world.emulator.endpoints()[0].id.clone()
}

on_both! {
    fn a_deleted_endpoint_is_created_anew(world) {
        let id = applied(world);
        world.emulator.remove(&id);
        world.plans_changes().says("1 to add, 0 to change, 0 to destroy");
        world.apply();
        let rows = world.emulator.endpoints();
        assert_eq!(rows.len(), 1);
        assert_ne!(rows[0].id, id);
        assert_eq!(world.state("runpod_endpoint.x")["id"], rows[0].id);
    }

    fn destroying_what_is_gone_already_is_a_success(world) {
        let id = applied(world);
        world.emulator.remove(&id);
        world.terraform(&["destroy", "-auto-approve", "-no-color", "-refresh=false"]).ok();
        assert!(world.states().is_empty());
    }

    fn an_endpoint_without_an_id_in_the_state_is_an_error_and_not_gone(world) {
        let id = applied(world);
        let state = world.path().join("terraform.tfstate");
        let text = std::fs::read_to_string(&state).unwrap();
        std::fs::write(&state, text.replace(&format!("\"{id}\""), "null")).unwrap();
        for arguments in [
            &["plan", "-no-color"][..],
            &["destroy", "-auto-approve", "-no-color", "-refresh=false"],
        ] {
            world.terraform(arguments).fails().says("has no id for").says("terraform import");
        }
        assert!(world.states().contains_key("runpod_endpoint.x"));
        assert!(world.emulator.endpoint(&id).is_some());
        world.terraform(&["state", "rm", "runpod_endpoint.x"]).ok();
        world.terraform(&["import", "-no-color", "runpod_endpoint.x", &id]).ok();
        world.plans_clean();
    }

    fn an_idle_endpoint_that_runpod_scaled_down_is_drift(world) {
        let id = applied(world);
        for (workers, shown) in [(2, "2 -> 3"), (0, "0 -> 3")] {
            world.emulator.edit(&id, |row| row.workers_max = workers);
            world.plans_changes().says(&format!("workers_max = {shown}"));
        }
        world.apply();
        assert_eq!(world.emulator.endpoint(&id).unwrap().workers_max, 3);
        world.plans_clean();
    }

    fn workers_that_runpod_leaves_at_odds_keep_nobody_from_planning_or_destroying(world) {
        let without = ENDPOINT.replace("  workers_max  = 3\n", "");
        for (configuration, min, max) in [
            (without.clone(), 1, 0),
            (without.replace("idle_timeout", "workers_min  = 2\n  idle_timeout"), 2, 0),
        ] {
            world.write(&configuration);
            world.apply();
            let id = world.emulator.endpoints()[0].id.clone();
            world.emulator.edit(&id, |row| (row.workers_min, row.workers_max) = (min, max));
            world.plans_clean();
            world.destroy();
        }
    }

    fn an_endpoint_that_was_taken_to_zero_can_be_planned_and_destroyed(world) {
        for configured in ["workers_min  = 1", "workers_max  = 4"] {
            let one = ENDPOINT.replace("workers_max  = 3", configured);
            world.write(&one.replace("\n}", "\n  timeouts = { delete = \"1s\" }\n}"));
            world.apply();
            world.emulator.switches(|switches| switches.drain = Drain::Attempts(100));
            world.terraform(&["destroy", "-auto-approve", "-no-color"]).fails();
            let row = world.emulator.endpoints().pop().unwrap();
            assert_eq!((row.workers_min, row.workers_max), (0, 0));
            world.emulator.edit(&row.id, |row| row.draining = None);
            world.plans_changes().says(&configured.replace("  = ", " = 0 -> "));
            world.destroy();
            assert!(world.emulator.endpoints().is_empty());
        }
    }

    fn workers_that_a_change_puts_at_odds_with_runpods_are_told_in_the_plan(world) {
        let without = ENDPOINT.replace("  workers_max  = 3\n", "");
        world.write(&without);
        world.apply();
        world.write(&without.replace("idle_timeout", "workers_min  = 4\n  idle_timeout"));
        world.plan().fails().says("workers_min: it must not exceed workers_max, which is 3 at Runpod; set workers_max too");
        let id = world.emulator.endpoints()[0].id.clone();
        world.emulator.edit(&id, |row| row.workers_min = 2);
        world.write(&without.replace("idle_timeout", "workers_max  = 1\n  idle_timeout"));
        world.plan().fails().says("workers_max: it must not be below workers_min, which is 2 at Runpod; set workers_min too");
    }

    fn what_changes_after_the_plan_is_left_and_told(world) {
        let id = applied(world);
        world.write(&ENDPOINT.replace("idle_timeout = 5", "idle_timeout = 6"));
        world.terraform(&["plan", "-out=plan", "-no-color"]).ok();
        world.emulator.edit(&id, |row| row.workers_max = 7);
        world.terraform(&["apply", "-no-color", "plan"]).ok().says("workers_max has changed since the plan");
        let row = world.emulator.endpoint(&id).unwrap();
        assert_eq!((row.idle_timeout, row.workers_max), (6, 7));
        world.plans_changes().says("workers_max = 7 -> 3");
    }

    fn an_endpoint_that_vanishes_before_the_apply_is_an_error(world) {
        let id = applied(world);
        world.write(&ENDPOINT.replace("idle_timeout = 5", "idle_timeout = 6"));
        world.terraform(&["plan", "-out=plan", "-no-color"]).ok();
        world.emulator.remove(&id);
        world.terraform(&["apply", "-no-color", "plan"]).fails().says("The endpoint is gone").says(&id);
        assert!(world.emulator.endpoints().is_empty());
        world.plans_changes().says("1 to add");
    }

    fn workers_go_to_zero_before_the_endpoint_goes(world) {
        let id = applied(world);
        world.emulator.edit(&id, |row| row.workers_min = 1);
        world.emulator.clear_requests();
        world.destroy();
        assert!(world.emulator.endpoints().is_empty());
        let saves = world.emulator.requests_for("saveEndpoint");
        assert_eq!(saves.len(), 1);
        let input = saves[0].input();
        assert_eq!((&input["workersMin"], &input["workersMax"]), (&0.into(), &0.into()));
    }
}
