//! The provider's own arguments: the configuration before the environment, and what is refused.

use std::process::Command;

use crate::support::{KEY, Ran, World, ran};

const LIST: &str = "data \"runpod_endpoints\" \"all\" {}\n";

/// Plans with a provider block of these lines, in an environment changed by `adapt`.
fn plan(world: &World, arguments: &str, adapt: impl FnOnce(&mut Command)) -> Ran {
    world.write(&format!("provider \"runpod\" {{\n{arguments}\n}}\n{LIST}"));
    let mut command = world.command(&["plan", "-no-color"]);
    command.env_remove("RUNPOD_API_KEY");
    adapt(&mut command);
    ran(command.output().unwrap())
}

fn with_key(command: &mut Command) {
    command.env("RUNPOD_API_KEY", KEY);
}

on_both! {
    fn a_missing_key_is_told_with_both_ways_to_give_it(world) {
        let ran = plan(world, "", |_| {});
        ran.fails().says("Set api_key in the provider block, or the environment variable RUNPOD_API_KEY");
        assert!(world.emulator.requests().is_empty());
    }

    fn arguments_win_over_their_variables(world) {
        let arguments = format!(
            "  graphql_url = {:?}\n  request_timeout = 5\n  max_retries = 0", world.emulator.url()
        );
        let ran = plan(world, &arguments, |command| {
            with_key(command);
            command.env("RUNPOD_GRAPHQL_URL", "https://nowhere.invalid/graphql");
            command.env("RUNPOD_REQUEST_TIMEOUT", "nonsense").env("RUNPOD_MAX_RETRIES", "-1");
        });
        ran.ok();
        let request = world.emulator.requests().remove(0);
        let version = env!("CARGO_PKG_VERSION");
        let agent = request.user_agent.unwrap();
        assert!(agent.starts_with(&format!("terraform-provider-runpod/{version} (+terraform 1.")), "{agent}");
        assert_eq!(request.authorization.as_deref(), Some(format!("Bearer {KEY}").as_str()));
        assert_eq!(request.uri, "/graphql");
    }

    fn every_wrong_argument_is_told_at_once(world) {
        let arguments = "  graphql_url = \"http://user:word@api.runpod.io/graphql\"\n  request_timeout = 0\n  \
                         max_retries = 1.5\n  api_key = \"with blank\"";
        let ran = plan(world, arguments, |_| {});
        ran.fails().says("http:// would send the API key unencrypted to api.runpod.io");
        ran.says("request_timeout: it must be a whole number from 1 to 86400; 0 was given");
        ran.says("max_retries: it must be a whole number from 0 to 1000; 1.5 was given");
        ran.says("no blanks or control characters").does_not_say("with blank\":");
    }

    fn a_wrong_variable_is_named(world) {
        let ran = plan(world, "", |command| {
            with_key(command);
            command.env("RUNPOD_GRAPHQL_URL", "http://127.0.0.1@api.runpod.io/").env("RUNPOD_MAX_RETRIES", "many");
        });
        ran.fails().says("graphql_url (from the environment variable RUNPOD_GRAPHQL_URL)");
        ran.says("max_retries (from the environment variable RUNPOD_MAX_RETRIES)");
    }

    fn an_argument_that_is_unknown_is_an_error_only_when_the_api_is_needed(world) {
        let unknown = "resource \"terraform_data\" \"url\" {\n  input = URL\n}\n\
                       provider \"runpod\" {\n  graphql_url = terraform_data.url.output\n}\n"
            .replace("URL", &format!("{:?}", world.emulator.url()));
        let endpoint = "resource \"runpod_endpoint\" \"x\" {\n  name = \"late\"\n  template_id = \"xkhgg72fuo\"\n  \
                        gpu_ids = [\"AMPERE_16\"]\n}\n";
        world.write(&format!("{unknown}{LIST}"));
        world.plan().fails().says("not known before other resources are applied: graphql_url");
        world.write(&format!("{unknown}{endpoint}"));
        world.plans_changes();
        world.apply();
        assert_eq!(world.emulator.endpoints().len(), 1);
        world.plans_clean();
    }
}
