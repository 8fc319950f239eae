//! Actions on an endpoint: wait until it serves, purge its queue. Terraform 1.14.

use runpod_emulator::{Effect, Fault, Noun, Root, StoredEndpoint, StoredWorker};

use crate::support::{Cli, Ran, World};

fn invoke(world: &World, kind: &str, config: &str) -> Ran {
    world.write(&format!(
        "action \"runpod_endpoint_{kind}\" \"x\" {{\n  config {{\n{config}\n  }}\n}}\n"
    ));
    let address = format!("-invoke=action.runpod_endpoint_{kind}.x");
    world.terraform(&["apply", "-auto-approve", "-no-color", &address])
}

fn worker(status: &str) -> StoredWorker {
    StoredWorker {
        status: status.into(),
        ..StoredWorker::default()
    }
}

#[test]
fn nothing_has_to_be_waited_for_where_no_worker_is_wanted() {
    let world = World::new(Cli::Newer);
    let id = world.emulator.add_endpoint(StoredEndpoint::named("sdxl"));
    invoke(&world, "wait", &format!("endpoint_id = {id:?}"))
        .ok()
        .says("the newest release serves, 0 of 0 workers ready");
}

#[test]
fn a_wait_ends_when_the_workers_are_ready_and_tells_how_far_it_is() {
    let world = World::new(Cli::Newer);
    let id = world.emulator.add_endpoint(StoredEndpoint {
        workers_min: 1,
        workers: Some(vec![worker("INITIALIZING")]),
        ..StoredEndpoint::named("sdxl")
    });
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| invoke(&world, "wait", &format!("endpoint_id = {id:?}")));
        crate::support::eventually("the workers were looked at twice", || {
            world
                .emulator
                .requests_for("GET /v2/serverless/{id}/workers")
                .len()
                >= 2
        });
        world
            .emulator
            .edit(&id, |row| row.workers = Some(vec![worker("RUNNING")]));
        let ran = waiting.join().unwrap();
        ran.ok().says("0 of 1 workers ready").says("1 of 1 workers ready");
    });
}

#[test]
fn a_wait_whose_time_is_up_fails_and_changes_nothing() {
    let world = World::new(Cli::Newer);
    let id = world.emulator.add_endpoint(StoredEndpoint {
        workers_min: 2,
        workers: Some(vec![worker("RUNNING")]),
        ..StoredEndpoint::named("sdxl")
    });
    let before = world.emulator.endpoints();
    invoke(&world, "wait", &format!("endpoint_id = {id:?}\ntimeout = \"1s\""))
        .fails()
        .says("The time to wait is up")
        .says("1 of 2 workers ready");
    assert_eq!(world.emulator.endpoints(), before);
    invoke(
        &world,
        "wait",
        &format!("endpoint_id = {id:?}\ntimeout = \"soon\""),
    )
    .fails()
    .says("timeout: it must be a duration");
    invoke(&world, "wait", "endpoint_id = \"nowhere\"\ntimeout = \"1s\"")
        .fails()
        .says("There is no such endpoint");
}

#[test]
fn a_queue_is_purged_and_the_count_told() {
    let world = World::new(Cli::Newer);
    let id = world.emulator.add_endpoint(StoredEndpoint {
        queued_jobs: 7,
        ..StoredEndpoint::named("sdxl")
    });
    invoke(&world, "purge_queue", &format!("endpoint_id = {id:?}"))
        .ok()
        .says("7 jobs were dropped");
    assert_eq!(world.emulator.endpoint(&id).unwrap().queued_jobs, 0);
    let balanced = world.emulator.add_endpoint(StoredEndpoint {
        kind: "LB".into(),
        scaler_type: "REQUEST_COUNT".into(),
        ..StoredEndpoint::named("lb")
    });
    invoke(&world, "purge_queue", &format!("endpoint_id = {balanced:?}"))
        .fails()
        .says("The endpoint has no queue");
}

#[test]
fn an_action_is_triggered_by_a_resource() {
    let world = World::new(Cli::Newer);
    world.write(
        r#"
        resource "runpod_endpoint" "x" {
          name        = "sdxl"
          template_id = "xkhgg72fuo"
          gpu_ids     = ["AMPERE_16"]
          lifecycle {
            action_trigger {
              events  = [after_create]
              actions = [action.runpod_endpoint_wait.ready]
            }
          }
        }
        action "runpod_endpoint_wait" "ready" {
          config {
            endpoint_id = runpod_endpoint.x.id
          }
        }
        "#,
    );
    world.apply().says("the newest release serves");
    world.plans_clean();
}

/// An account over GraphQL alone with one endpoint on which one worker is wanted.
fn over_graphql(world: &World, status: &str) -> Ran {
    let id = world.emulator.add_endpoint(StoredEndpoint {
        workers_min: 1,
        workers: Some(vec![worker(status)]),
        ..StoredEndpoint::named("sdxl")
    });
    world.write_file("api.tf", "provider \"runpod\" {\n  api = \"graphql\"\n}\n");
    invoke(world, "wait", &format!("endpoint_id = {id:?}\ntimeout = \"2s\""))
}

#[test]
fn over_graphql_a_worker_is_ready_when_the_jobs_api_says_so_and_no_release_is_claimed() {
    let world = World::new(Cli::Newer);
    over_graphql(&world, "RUNNING")
        .ok()
        .says("1 of 1 workers ready")
        .says("Runpod does not tell here whether the newest release serves");
    let world = World::new(Cli::Newer);
    over_graphql(&world, "UNHEALTHY")
        .fails()
        .says("0 of 1 workers ready");
}

#[test]
fn a_new_endpoint_that_reads_do_not_show_yet_is_waited_for() {
    for kind in ["wait", "purge_queue"] {
        let world = World::new(Cli::Newer);
        world
            .emulator
            .switches(|switches| switches.reads_before_created = 3);
        world.write(&format!(
            r#"
            resource "runpod_endpoint" "x" {{
              name        = "sdxl"
              template_id = "xkhgg72fuo"
              gpu_ids     = ["AMPERE_16"]
              lifecycle {{
                action_trigger {{
                  events  = [after_create]
                  actions = [action.runpod_endpoint_{kind}.x]
                }}
              }}
            }}
            action "runpod_endpoint_{kind}" "x" {{
              config {{
                endpoint_id = runpod_endpoint.x.id
              }}
            }}
            "#
        ));
        world.apply().does_not_say("There is no such endpoint");
        let reads = world.emulator.requests_for("GET /v2/serverless/{id}");
        assert!(reads.len() > 1, "{kind}: {}", reads.len());
    }
}

#[test]
fn what_was_unknown_at_validate_is_checked_before_anything_is_asked() {
    let world = World::new(Cli::Newer);
    world.write_file(
        "id.tf",
        "variable \"id\" {\n  default = \" \"\n}\nvariable \"timeout\" {\n  default = \"0s\"\n}\n",
    );
    invoke(&world, "wait", "endpoint_id = \"x\"\ntimeout = var.timeout")
        .fails()
        .says("timeout: it must be a duration");
    for kind in ["wait", "purge_queue"] {
        invoke(&world, kind, "endpoint_id = var.id")
            .fails()
            .says("endpoint_id: it must be an endpoint's id");
    }
    assert_eq!(world.emulator.requests().len(), 0);
}

#[test]
fn a_fault_that_passes_is_waited_out_and_an_error_says_how_to_run_the_action_again() {
    let world = World::new(Cli::Newer);
    let id = world.emulator.add_endpoint(StoredEndpoint::named("sdxl"));
    world.write_file("retries.tf", "provider \"runpod\" {\n  max_retries = 0\n}\n");
    let read = || Fault::on(Root::RestRead(Noun::Endpoint));
    world.emulator.fault(read().times(2).then(Effect::http(503, "")));
    invoke(&world, "wait", &format!("endpoint_id = {id:?}"))
        .ok()
        .says("could not be read (Runpod is unavailable)")
        .says("the newest release serves");
    let again = "run it again with terraform apply -invoke=<action address>";
    world.emulator.fault(read().always().then(Effect::http(503, "")));
    invoke(&world, "wait", &format!("endpoint_id = {id:?}\ntimeout = \"1s\""))
        .fails()
        .says("The endpoint does not serve yet")
        .says("Runpod is unavailable")
        .says(again);
    invoke(&world, "purge_queue", &format!("endpoint_id = {id:?}"))
        .fails()
        .says("Could not read the endpoint: Runpod is unavailable")
        .says(again);
}

#[test]
fn no_more_workers_are_waited_for_than_there_may_be() {
    let world = World::new(Cli::Newer);
    let id = world.emulator.add_endpoint(StoredEndpoint {
        workers_min: 2,
        workers_max: 1,
        workers: Some(vec![worker("RUNNING")]),
        ..StoredEndpoint::named("sdxl")
    });
    invoke(&world, "wait", &format!("endpoint_id = {id:?}\ntimeout = \"1s\""))
        .ok()
        .says("1 of 1 workers ready, workers_max (1) is below workers_min");
}
