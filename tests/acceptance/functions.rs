//! Functions of the provider, which need neither a key nor the API.

use serde_json::json;

on_both! {
    fn functions_are_pure_tables(world) {
        world.write(r#"
            output "queue" { value = provider::runpod::endpoint_url("abc", "QB") }
            output "balanced" { value = provider::runpod::endpoint_url("abc", "LB") }
            output "instance" { value = provider::runpod::parse_instance_id("cpu3c-2-4") }
            output "secret" { value = provider::runpod::secret_reference("hf_token") }
        "#);
        let mut apply = world.command(&["apply", "-auto-approve", "-no-color"]);
        crate::support::ran(apply.env_remove("RUNPOD_API_KEY").output().unwrap()).ok();
        let outputs = world.json(&["output", "-json"]);
        assert_eq!(outputs["queue"]["value"], "https://api.runpod.ai/v2/abc");
        assert_eq!(outputs["balanced"]["value"], "https://abc.api.runpod.ai");
        assert_eq!(outputs["instance"]["value"], json!({"flavor": "cpu3c", "vcpus": 2, "memory_gb": 4}));
        assert_eq!(outputs["secret"]["value"], "{{ RUNPOD_SECRET_hf_token }}");
        assert!(world.emulator.requests().is_empty());
    }

    fn a_wrong_argument_is_told_at_it(world) {
        for (call, said) in [
            ("endpoint_url(\"abc\", \"XX\")", "the type must be \"QB\" or \"LB\"; \"XX\" was given"),
            ("parse_instance_id(\"cpu3c\")", "such as \"cpu3c-2-4\"; \"cpu3c\" was given"),
            ("endpoint_url(\" abc \", \"QB\")", "letters and digits alone; \" abc \" was given"),
            ("endpoint_url(\"a/b\", \"QB\")", "letters and digits alone; \"a/b\" was given"),
            ("parse_instance_id(\"cpu3c-0-4\")", "such as \"cpu3c-2-4\"; \"cpu3c-0-4\" was given"),
            ("secret_reference(\"1x\")", "a secret's name begins with a letter or underscore"),
        ] {
            world.write(&format!("output \"x\" {{\n  value = provider::runpod::{call}\n}}\n"));
            world.plan().fails().says(said);
        }
    }
}
