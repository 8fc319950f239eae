//! The full life of an endpoint.

use serde_json::json;

const SDXL: &str = r#"
resource "runpod_endpoint" "sdxl" {
  name        = "sdxl"
  template_id = "xkhgg72fuo"
  gpu_ids     = ["AMPERE_16", "AMPERE_24"]
  workers_max = 2
}
"#;

on_both! {
    fn an_endpoint_lives_from_apply_to_destroy(world) {
        world.write(SDXL);
        world.apply();
        let state = world.state("runpod_endpoint.sdxl");
        let rows = world.emulator.endpoints();
        assert_eq!(rows.len(), 1);
        assert_eq!(state["id"], json!(rows[0].id));
        assert_eq!(state["gpu_ids"], json!(["AMPERE_16", "AMPERE_24"]));
        // What the configuration leaves out is what the API set.
        assert_eq!((&state["idle_timeout"], &state["scaler_value"]), (&json!(10), &json!(4)));
        world.plans_clean();

        world.write(&SDXL.replace("workers_max = 2", "workers_max = 3\n  idle_timeout = 30"));
        world.plans_changes().says("1 to change").does_not_say("known after apply");
        world.apply().says("1 changed");
        let changed = world.emulator.endpoint(&rows[0].id).unwrap();
        assert_eq!((changed.workers_max, changed.idle_timeout), (3, 30));
        world.plans_clean();

        world.destroy();
        assert!(world.emulator.endpoints().is_empty());
    }
}
