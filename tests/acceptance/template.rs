//! `runpod_template`: what is special to it. What it has in common with the others is in `nouns`.

use std::time::{Duration, Instant};

use runpod_emulator::{StoredTemplate, Switches};
use serde_json::{Value, json};

use crate::support::{Cli, Ran, World, assert_nowhere, planned, ran};

const POD: &str = "pod8template";

fn template(more: &str) -> String {
    format!(
        "resource \"runpod_template\" \"x\" {{\n  name = \"worker\"\n  image = \"example/worker:1\"\n{more}\n}}\n"
    )
}

fn row(world: &World) -> StoredTemplate {
    let rows = world.emulator.templates();
    let mut named = rows.into_iter().filter(|row| row.name == "worker");
    let row = named.next().expect("there is no such template");
    assert_eq!(named.next(), None, "there are two");
    row
}

/// The bodies of the changes since the log was cleared.
fn patches(world: &World) -> Vec<Value> {
    let requests = world.emulator.requests_for("PATCH /v2/templates/{id}");
    requests.iter().map(|request| request.input()).collect()
}

/// An attribute with two values, and what is sent of it.
struct Case {
    attribute: &'static str,
    /// Written beside it in all configurations.
    beside: &'static str,
    first: &'static str,
    second: &'static str,
    /// What the change to the second sends.
    change: Value,
    /// What taking it out then sends, and nothing where that keeps the API's value.
    out: Value,
    /// Whether an endpoint takes it.
    is_taken: bool,
    edited: fn(&mut StoredTemplate),
}

fn cases() -> Vec<Case> {
    let case = |attribute, first, second, change, out, edited| Case {
        attribute,
        beside: "",
        first,
        second,
        change,
        out,
        is_taken: true,
        edited,
    };
    let for_pods = |case: Case| Case {
        is_taken: false,
        ..case
    };
    vec![
        case(
            "args",
            r#""python a.py""#,
            r#""python b.py --x='1 2'""#,
            json!({"args": "python b.py --x='1 2'"}),
            json!({"args": ""}),
            |row| row.docker_args = "sh".to_owned(),
        ),
        case(
            "entrypoint",
            r#"["sh"]"#,
            r#"["bash", "-c"]"#,
            json!({"entrypoint": ["bash", "-c"]}),
            json!({"entrypoint": []}),
            |row| row.docker_args = r#"{"entrypoint":["zsh"],"cmd":[]}"#.to_owned(),
        ),
        case(
            "cmd",
            r#"["a"]"#,
            r#"["a", ""]"#,
            json!({"cmd": ["a", ""]}),
            json!({"cmd": []}),
            |row| row.docker_args = r#"{"entrypoint":[],"cmd":["c"]}"#.to_owned(),
        ),
        case("disk", "10", "40", json!({"disk": 40}), json!({}), |row| {
            row.container_disk_in_gb = 60
        }),
        case(
            "ports",
            r#"["80/http"]"#,
            r#"["22/tcp", "80/http"]"#,
            json!({"ports": ["22/tcp", "80/http"]}),
            json!({"ports": []}),
            |row| row.ports = Some("80/http,22/tcp".to_owned()),
        ),
        case(
            "env",
            r#"{ A = "1" }"#,
            r#"{ A = "2", B = "" }"#,
            json!({"env": {"A": "2", "B": ""}}),
            json!({"env": {}}),
            |row| row.env[0].value = "3".to_owned(),
        ),
        case(
            "allowed_cuda_versions",
            r#"["12.4"]"#,
            r#"["12.8", "12.4"]"#,
            json!({"allowedCudaVersions": ["12.4", "12.8"]}),
            json!({"allowedCudaVersions": []}),
            |row| row.allowed_cuda_versions = vec!["12.6".to_owned()],
        ),
        for_pods(case(
            "name",
            r#""worker""#,
            r#""other""#,
            json!({"name": "other"}),
            Value::Null,
            |row| row.name = "third".to_owned(),
        )),
        case(
            "image",
            r#""example/worker:1""#,
            r#""example/worker:2""#,
            json!({"image": "example/worker:2"}),
            Value::Null,
            |row| row.image_name = Some("example/other".to_owned()),
        ),
        for_pods(case(
            "public",
            "false",
            "true",
            json!({"public": true}),
            json!({"public": false}),
            |row| row.is_public = false,
        )),
        for_pods(case(
            "serverless",
            "true",
            "false",
            json!({"serverless": false}),
            json!({"serverless": true}),
            |row| row.is_serverless = true,
        )),
        for_pods(case(
            "category",
            r#""CPU""#,
            r#""AMD""#,
            json!({"category": "AMD"}),
            json!({}),
            |row| row.category = None,
        )),
        for_pods(case(
            "start_ssh",
            "true",
            "false",
            json!({"startSsh": false}),
            json!({}),
            |row| row.start_ssh = true,
        )),
        for_pods(case(
            "start_jupyter",
            "false",
            "true",
            json!({"startJupyter": true}),
            json!({}),
            |row| row.start_jupyter = false,
        )),
        for_pods(Case {
            beside: "serverless = false",
            ..case(
                "persistent_volume",
                r#"{ size = 10, path = "/data" }"#,
                r#"{ size = 20, path = "/data" }"#,
                json!({"mounts": {"persistent": {"size": 20, "path": "/data"}}}),
                Value::Null,
                |row| row.volume_in_gb = 30,
            )
        }),
    ]
}

/// The template of a case, under a name of its own.
fn configuration(case: &Case, value: Option<&str>) -> String {
    let Case {
        attribute, beside, ..
    } = case;
    let mut lines = vec![format!("  {beside}")];
    for (name, default) in [
        ("name", format!("\"of {attribute}\"")),
        ("image", "\"example/worker:1\"".to_owned()),
    ] {
        if name != *attribute {
            lines.push(format!("  {name} = {default}"));
        }
    }
    lines.extend(value.map(|value| format!("  {attribute} = {value}")));
    format!(
        "resource \"runpod_template\" \"{attribute}\" {{\n{}\n}}\n",
        lines.join("\n")
    )
}

#[test]
fn each_attribute_is_changed_in_place_and_alone_drifts_and_is_taken_out() {
    let world = World::new(Cli::Older);
    let cases = cases();
    let write = |value: fn(&Case) -> Option<&str>| {
        let all = cases.iter().map(|case| configuration(case, value(case)));
        world.write(&all.collect::<String>());
        world.emulator.clear_requests();
    };
    let sent = |id: &Value| -> Vec<Value> {
        let requests = world.emulator.requests_for("PATCH /v2/templates/{id}");
        let own = requests
            .iter()
            .filter(|request| request.path_id().as_deref() == id.as_str());
        own.map(|request| request.input()).collect()
    };
    write(|case| Some(case.first));
    world.apply();
    world.plans_clean();
    let first = world.states();
    write(|case| Some(case.second));
    world
        .apply()
        .says(&format!("0 added, {} changed, 0 destroyed", cases.len()));
    world.plans_clean();
    let second = world.states();
    for case in &cases {
        let address = format!("runpod_template.{}", case.attribute);
        let (was, is) = (&first[&address], &second[&address]);
        assert_eq!(
            sent(&is["id"]),
            std::slice::from_ref(&case.change),
            "{}",
            case.attribute
        );
        assert_eq!(was["id"], is["id"], "{}", case.attribute);
        assert_eq!(
            was["revision"] != is["revision"],
            case.is_taken,
            "revision of {}",
            case.attribute
        );
        assert!(
            world
                .emulator
                .edit_template(is["id"].as_str().unwrap(), case.edited)
        );
    }
    // Each change outside is seen, and taken back by what undoes it alone.
    let plan = world.plan_json();
    for case in &cases {
        let change = planned(&plan, &format!("runpod_template.{}", case.attribute));
        assert_eq!(change["actions"], json!(["update"]), "{}", case.attribute);
        assert_ne!(change["before"][case.attribute], change["after"][case.attribute]);
    }
    world.emulator.clear_requests();
    world.terraform(&["apply", "-no-color", "plan"]).ok();
    world.plans_clean();
    for case in &cases {
        let id = &second[&format!("runpod_template.{}", case.attribute)]["id"];
        assert_eq!(sent(id), std::slice::from_ref(&case.change), "{}", case.attribute);
    }
    assert_eq!(world.states(), second);

    write(|case| {
        if case.out.is_null() {
            Some(case.second)
        } else {
            None
        }
    });
    world.apply();
    world.plans_clean();
    for case in &cases {
        let id = &second[&format!("runpod_template.{}", case.attribute)]["id"];
        let expected = match &case.out {
            Value::Null => vec![],
            out if *out == json!({}) => vec![],
            out => vec![out.clone()],
        };
        assert_eq!(sent(id), expected, "{} taken out", case.attribute);
    }
    world.destroy();
    assert_eq!(world.emulator.templates().len(), 2);
}

/// Ways in which reads tell of what nobody wrote.
fn spellings() -> Vec<fn(&mut Switches)> {
    vec![
        |switches| switches.omit_empty_mounts = false,
        |switches| switches.omit_optional_keys = true,
        |switches| switches.omit_empty_args = true,
        |switches| switches.extra_read_fields = true,
        |switches| switches.list_order = runpod_emulator::ListOrder::Insertion,
    ]
}

#[test]
fn values_that_nobody_wrote_are_no_difference() {
    let world = World::new(Cli::Older);
    world.write(&template(""));
    world.apply().warns_of_nothing();
    let body = world.emulator.requests_for("POST /v2/templates")[0].input();
    let least = json!({"name": "worker", "image": "example/worker:1", "serverless": true, "public": false});
    assert_eq!(body, least);
    let state = world.state("runpod_template.x");
    for none in [
        "args",
        "entrypoint",
        "cmd",
        "ports",
        "env",
        "registry_id",
        "allowed_cuda_versions",
        "persistent_volume",
    ] {
        assert_eq!(state[none], Value::Null, "{none}");
    }
    assert_eq!(
        (&state["disk"], &state["category"], &state["start_ssh"]),
        (&json!(20), &json!("NVIDIA"), &json!(true))
    );
    world
        .emulator
        .edit_template(state["id"].as_str().unwrap(), |row| {
            row.readme = Some("# Read me".to_owned())
        });
    for (number, spelling) in spellings().into_iter().enumerate() {
        world.emulator.switches(|switches| {
            *switches = Switches::default();
            spelling(switches);
        });
        assert_eq!(world.plan().code, Some(0), "spelling {number}");
        // Made under it, too.
        let other = format!(
            "resource \"runpod_template\" \"y\" {{\n  name = \"y{number}\"\n  image = \"example/y\"\n}}\n"
        );
        world.write(&format!("{}{other}", template("")));
        world.apply().warns_of_nothing();
        world.plans_clean();
    }
}

/// 40 variables with all that may stand in a value.
fn variables() -> Vec<(String, String)> {
    let values = [
        "plain",
        "",
        " ",
        "a=b=c",
        "quote \" and '",
        "line\nbreak\n",
        "tab\t",
        "😀 ünï",
        "${HOME} %{x}",
        "{\"json\": [1, null]}",
        "back\\slash \\n",
        "<&>",
        "null",
        "true",
        "0123",
        "{{ handlebars }}",
        "$$",
        "#",
        "é",
        "-----BEGIN KEY-----\r\nx\r\n",
    ];
    let many = (0..40).map(|number| (format!("KEY_{number}"), values[number % values.len()].to_owned()));
    many.collect()
}

fn hcl(text: &str) -> String {
    let escaped = serde_json::to_string(text).unwrap();
    escaped.replace("${", "$${").replace("%{", "%%{")
}

on_both! {
    fn an_environment_of_40_variables_is_kept_verbatim(world) {
        let lines: String = variables().iter().map(|(key, value)| format!("    {key} = {}\n", hcl(value))).collect();
        world.write(&template(&format!("  env = {{\n{lines}  }}")));
        world.apply();
        let stored: Vec<(String, String)> = row(world).env.into_iter().map(|item| (item.key, item.value)).collect();
        let mut expected = variables();
        expected.sort();
        let mut found = stored;
        found.sort();
        assert_eq!(found, expected);
        world.plans_clean();
        world.emulator.clear_requests();
        world.write(&template(&format!("  disk = 30\n  env = {{\n{lines}  }}")));
        world.apply();
        assert_eq!(patches(world), [json!({"disk": 30})]);
    }
}

#[test]
fn no_value_of_a_variable_is_in_an_error_or_a_log() {
    const SECRET: &str = "hf_in_the_environment_of_a_template";
    let world = World::new(Cli::Older);
    let env = |image: &str| {
        let (name, token) = ("worker", "TOKEN = var.token, \"BAD-NAME\" = \"x\"");
        let token = if image.is_empty() {
            token
        } else {
            "TOKEN = var.token"
        };
        let image = if image.is_empty() {
            "example/worker:1"
        } else {
            image
        };
        format!(
            "variable \"token\" {{\n  sensitive = true\n}}\nresource \"runpod_template\" \"x\" {{\n  name = {name:?}\n  image = \
             {image:?}\n  env = {{ {token} }}\n}}\n"
        )
    };
    let terraform = |arguments: &[&str]| -> Ran {
        let mut command = world.command(arguments);
        let ran = ran(command.env("TF_VAR_token", SECRET).output().unwrap());
        assert!(!ran.text.contains(SECRET), "{}", ran.text);
        ran
    };
    let apply = ["apply", "-auto-approve", "-no-color"];
    world.write(&env(""));
    terraform(&apply).fails().says("BAD-NAME");
    // The API refuses with the value in its words.
    let words = format!("env.TOKEN: {SECRET} is not allowed");
    world.emulator.fault(
        runpod_emulator::Fault::on("POST /v2/templates").then(runpod_emulator::Effect::problem(422, words)),
    );
    world.write(&env("example/worker:1"));
    terraform(&apply).fails().says("env.TOKEN");
    terraform(&apply).ok();
    assert_eq!(row(&world).env[0].value, SECRET);
    // A change outside is told without either value.
    world.emulator.edit_template(&row(&world).id, |row| {
        row.env[0].value = "hf_other_value_of_somebody".to_owned()
    });
    let plan = terraform(&["plan", "-no-color", "-detailed-exitcode"]);
    assert_eq!(plan.code, Some(2));
    plan.does_not_say("hf_other");
    terraform(&apply).ok();
    // The state has it, for that is what the user chose by writing it here.
    assert_nowhere(
        world.path(),
        SECRET,
        &["terraform.tfstate", "terraform.tfstate.backup"],
    );
}

/// A template, and endpoints over REST v2 that take it, of which one follows its revision.
fn followed(image: &str, name: &str) -> String {
    format!(
        r#"
        provider "runpod" {{
          api = "rest"
        }}
        resource "runpod_template" "x" {{
          name  = "{name}"
          image = "{image}"
        }}
        resource "runpod_endpoint" "following" {{
          name              = "following"
          template_id       = runpod_template.x.id
          template_revision = runpod_template.x.revision
          gpu_ids           = ["AMPERE_16"]
        }}
        resource "runpod_endpoint" "other" {{
          name        = "other"
          template_id = runpod_template.x.id
          gpu_ids     = ["AMPERE_16"]
        }}
        "#
    )
}

#[test]
fn the_revision_makes_a_change_of_the_template_an_update_of_the_endpoint() {
    let world = World::new(Cli::Older);
    world.write(&followed("example/worker:1", "worker"));
    world.apply();
    world.plans_clean();
    world.emulator.clear_requests();
    world.write(&followed("example/worker:2", "worker"));
    world.plans_changes().says("0 to add, 2 to change, 0 to destroy");
    world.apply();
    let updates = world.emulator.requests_for("PATCH /v2/serverless/{id}");
    let bodies: Vec<Value> = updates.iter().map(|request| request.input()).collect();
    assert_eq!(
        bodies,
        [json!({"templateId": world.state("runpod_template.x")["id"]})]
    );
    // What the endpoint runs now: the row that it hangs on.
    let following = world
        .emulator
        .endpoints()
        .into_iter()
        .find(|row| row.name == "following")
        .unwrap();
    let rows = world.emulator.templates();
    let own = rows
        .iter()
        .find(|row| Some(&row.id) == following.template_id.as_ref())
        .unwrap();
    assert_eq!(own.image_name.as_deref(), Some("example/worker:2"));
    world.plans_clean();
    // What no endpoint takes touches none.
    world.emulator.clear_requests();
    world.write(&followed("example/worker:2", "renamed"));
    world.apply().says("0 added, 1 changed, 0 destroyed");
    assert!(
        world
            .emulator
            .requests_for("PATCH /v2/serverless/{id}")
            .is_empty()
    );
    world.destroy();
    assert!(world.emulator.endpoints().is_empty());
}

#[test]
fn a_persistent_volume_is_for_pods_and_its_removal_replaces() {
    let world = World::new(Cli::Older);
    let volume = "  persistent_volume = { size = 10, path = \"/data\" }";
    for serverless in ["", "  serverless = true\n"] {
        world.write(&template(&format!("{serverless}{volume}")));
        world
            .plan()
            .fails()
            .says("A serverless template has no persistent volume");
    }
    world.write(&template(
        "  serverless = false\n  persistent_volume = { size = 9, path = \"/data\" }",
    ));
    world
        .plan()
        .fails()
        .says("persistent_volume.size")
        .says("at least 10");
    world.write(&template(&format!("  serverless = false\n{volume}")));
    world.apply();
    world.plans_clean();
    let first = row(&world);
    assert_eq!(
        (
            first.is_serverless,
            first.volume_in_gb,
            first.volume_mount_path.as_deref()
        ),
        (false, 10, Some("/data"))
    );
    world.write(&template("  serverless = false"));
    world
        .plans_changes()
        .says("persistent_volume")
        .says("forces replacement");
    world.apply().says("1 added, 0 changed, 1 destroyed");
    let second = row(&world);
    assert_ne!(first.id, second.id);
    assert_eq!(second.volume_in_gb, 0);
    world.plans_clean();
    // From pods to endpoints with a volume in the way: it goes with the replacement.
    world.write(&template(&format!("  serverless = false\n{volume}")));
    world.apply().says("0 added, 1 changed");
    world.write(&template(""));
    world.apply().says("1 added, 0 changed, 1 destroyed");
    assert!(row(&world).is_serverless);
}

#[test]
fn a_command_goes_from_one_spelling_to_the_other() {
    let world = World::new(Cli::Older);
    for (more, stored) in [
        ("  args = \"python a.py\"", "python a.py"),
        (
            "  entrypoint = [\"sh\"]\n  cmd = [\"-c\", \"x y\"]",
            r#"{"entrypoint":["sh"],"cmd":["-c","x y"]}"#,
        ),
        ("  args = \"sh -c 'x y'\"", "sh -c 'x y'"),
        ("  entrypoint = [\"sh\"]", r#"{"entrypoint":["sh"],"cmd":[]}"#),
        (
            "  args = jsonencode({ cmd = [\"a\"], entrypoint = [] })",
            r#"{"entrypoint":[],"cmd":["a"]}"#,
        ),
        ("  cmd = [\"a\"]", r#"{"entrypoint":[],"cmd":["a"]}"#),
        (
            "  args = jsonencode({ cmd = [\"b\"], entrypoint = [] })",
            r#"{"entrypoint":[],"cmd":["b"]}"#,
        ),
        ("", ""),
    ] {
        world.write(&template(more));
        world.apply().warns_of_nothing();
        let stored_is = row(&world).docker_args;
        let parsed = |text: &str| serde_json::from_str::<Value>(text).unwrap_or_else(|_| json!(text));
        assert_eq!(parsed(&stored_is), parsed(stored), "{more}");
        world.plans_clean();
    }
    world.write(&template("  args = \"a\"\n  cmd = [\"a\"]"));
    world.plan().fails().says("Two commands are given");
}

#[test]
fn a_template_in_use_is_waited_for_then_told_with_what_uses_it() {
    let world = World::new(Cli::Older);
    world.write(&template("  timeouts = { delete = \"2s\" }"));
    world.apply();
    let template_id = row(&world).id;
    let endpoint = world.emulator.add_endpoint(runpod_emulator::StoredEndpoint {
        template_id: Some(template_id.clone()),
        ..runpod_emulator::StoredEndpoint::named("of somebody")
    });
    let destroy = ["destroy", "-auto-approve", "-no-color"];
    for status in [400, 409, 422] {
        world
            .emulator
            .switches(|switches| switches.in_use_status = status);
        world.emulator.clear_requests();
        let ran = world.terraform(&destroy);
        ran.fails()
            .says("it is in use")
            .says(&format!("\"of somebody\" ({endpoint})"));
        assert!(
            world.emulator.requests_for("DELETE /v2/templates/{id}").len() > 1,
            "it was not waited for"
        );
        assert_eq!(row(&world).id, template_id);
        assert_eq!(world.state("runpod_template.x")["id"], json!(template_id));
    }
    world.emulator.remove(&endpoint);
    world.emulator.switches(|switches| switches.in_use_attempts = 1);
    world.destroy();
    assert_eq!(world.emulator.templates().len(), 2);
}

#[test]
fn a_public_template_of_somebody_else_is_neither_imported_nor_waited_for() {
    let world = World::new(Cli::Older);
    let public = |row: StoredTemplate| StoredTemplate {
        is_public: true,
        ..row
    };
    let own = world.emulator.add_template(public(StoredTemplate::default()));
    let foreign = world.emulator.add_template(StoredTemplate {
        name: "of somebody".to_owned(),
        is_runpod: true,
        ..public(StoredTemplate::default())
    });
    world.write(&template("  public = true\n  timeouts = { delete = \"90s\" }"));
    let import = |id: &str| world.terraform(&["import", "-no-color", "runpod_template.x", id]);
    import(&foreign)
        .fails()
        .says("The template is another account's")
        .says("data source runpod_template");
    assert!(world.states().is_empty());
    import(&own).ok();
    world.write("");
    world.write_file(
        "data.tf",
        &format!("data \"runpod_template\" \"x\" {{\n  id = \"{foreign}\"\n}}\n"),
    );
    world.apply();
    assert_eq!(
        world.state("data.runpod_template.x")["name"],
        json!("of somebody")
    );
    // One that an earlier version imported.
    world.write_file("data.tf", "");
    world.write(&template(""));
    world.apply();
    let id = row(&world).id;
    world
        .emulator
        .edit_template(&id, |row| (row.is_public, row.is_runpod) = (true, true));
    world.emulator.clear_requests();
    let begun = Instant::now();
    world
        .terraform(&["destroy", "-auto-approve", "-no-color"])
        .fails()
        .says("Could not delete the template: it is another account's")
        .says("terraform state rm");
    assert!(begun.elapsed() < Duration::from_secs(30));
    assert_eq!(world.emulator.requests_for("DELETE /v2/templates/{id}").len(), 2);
}

#[test]
fn a_secret_that_the_account_lacks_is_told_at_the_plan_that_refers_to_it() {
    let world = World::new(Cli::Older);
    let lists = || {
        let requests = world.emulator.requests_for("GET /v2/account/secrets");
        world.emulator.clear_requests();
        requests.len()
    };
    let add_secret = |name: &str| {
        world.emulator.add_secret(runpod_emulator::StoredSecret {
            name: name.to_owned(),
            ..runpod_emulator::StoredSecret::default()
        })
    };
    add_secret("there");
    let configuration = |b: &str| {
        let env = format!("  env = {{ A = \"{{{{ RUNPOD_SECRET_there }}}}\", B = \"{b}\" }}");
        let endpoint = format!(
            "resource \"runpod_endpoint\" \"x\" {{\n  name = \"queue\"\n  image = \"a:1\"\n  gpu_ids = [\"AMPERE_16\"]\n{env}\n}}\n"
        );
        template(&env) + &endpoint
    };
    let both = "(and one more similar warning elsewhere)";
    // To be created, and again where nothing is to be done.
    world.write(&configuration("x{{RUNPOD_SECRET_not/there}}"));
    let plan = world.plans_changes();
    plan.says("refers to the secret \"not/there\"")
        .does_not_say("secret \"there\"")
        .says(both);
    assert_eq!(lists(), 1);
    world.apply();
    lists();
    let plan = world.plan();
    assert_eq!(plan.code, Some(0), "a warning changes nothing");
    plan.says(both);
    assert_eq!(lists(), 1);
    // The plan that cures it warns no more, whichever way.
    world.write(&configuration("none"));
    world.plans_changes().warns_of_nothing();
    world.write(&configuration("x{{RUNPOD_SECRET_not/there}}"));
    add_secret("not/there");
    world.plan().warns_of_nothing();
    // A change is told with itself.
    world.write(&configuration("{{ RUNPOD_SECRET_lost }}"));
    world.plans_changes().says("refers to the secret \"lost\"");
    // Without a reference there is nothing to ask.
    world.write(&template("  env = { A = \"{{ OTHER }}\" }"));
    lists();
    world.plans_changes().warns_of_nothing();
    assert_eq!(lists(), 0);
}

#[test]
fn a_secret_of_the_same_plan_is_not_missed() {
    let world = World::new(Cli::Older);
    let secret = |name: &str| {
        format!("resource \"runpod_secret\" \"x\" {{\n  name = \"{name}\"\n  value = \"v\"\n}}\n")
    };
    let with = template("  env = { A = runpod_secret.x.reference }");
    world.write(&(secret("one") + &with));
    world.emulator.clear_requests();
    world.plans_changes().warns_of_nothing();
    assert!(world.emulator.requests().is_empty(), "nothing has to be asked");
    world.apply().warns_of_nothing();
    let written = ["POST /v2/account/secrets", "POST /v2/templates"];
    for request in written {
        assert_eq!(world.emulator.requests_for(request).len(), 1, "{request}");
    }
    assert_eq!(
        world.emulator.requests_for("GET /v2/account/secrets").len(),
        1,
        "that of the create"
    );
    world.plan().warns_of_nothing();
    world.write(&(secret("two") + &with));
    world.plans_changes().warns_of_nothing();
    // One that is not known yet is no reference yet.
    let unknown = "resource \"terraform_data\" \"x\" {\n  input = \"three\"\n}\n";
    let secret = secret("x").replace("\"x\"\n  value", "terraform_data.x.output\n  value");
    world.write(&(unknown.to_owned() + &secret + &with));
    world.plans_changes().warns_of_nothing();
    world.apply().warns_of_nothing();
    world.plan().warns_of_nothing();
}

#[test]
fn an_endpoint_finds_the_template_of_the_same_apply_though_reads_lag() {
    let world = World::new(Cli::Older);
    world
        .emulator
        .switches(|switches| switches.reads_before_created = 2);
    world.write(&format!(
        "{}{}",
        template(""),
        r#"
        resource "runpod_endpoint" "queue" {
          name        = "queue"
          template_id = runpod_template.x.id
          gpu_ids     = ["AMPERE_16"]
        }
        "#
    ));
    world.apply().says("2 added");
    world.plans_clean();
    assert_eq!(world.emulator.endpoints()[0].template_id, Some(row(&world).id));
    assert!(
        world.emulator.templates().iter().any(|row| row.id == POD),
        "others are untouched"
    );
}

on_both! {
    fn terraform_writes_a_configuration_of_templates_that_plans_clean(world) {
        let rows = [
            StoredTemplate { name: "plain".to_owned(), ..StoredTemplate::default() },
            StoredTemplate {
                name: "all of it".to_owned(),
                docker_args: r#"{"entrypoint":["sh"],"cmd":["-c","x"]}"#.to_owned(),
                env: vec![runpod_emulator::EnvVar::new("A", "1 ${x}")],
                ports: Some("8080/http,22/tcp".to_owned()),
                is_serverless: false,
                volume_in_gb: 20,
                volume_mount_path: Some("/data".to_owned()),
                is_public: true,
                start_ssh: false,
                start_jupyter: true,
                readme: Some("# Read me".to_owned()),
                allowed_cuda_versions: vec!["12.8".to_owned()],
                ..StoredTemplate::default()
            },
            StoredTemplate { name: "text".to_owned(), docker_args: "python x.py".to_owned(), ..StoredTemplate::default() },
        ];
        let ids: Vec<String> = rows.into_iter().map(|row| world.emulator.add_template(row)).collect();
        let before = world.emulator.templates();
        let blocks = ids.iter().enumerate().map(|(number, id)| {
            format!("import {{\n  to = runpod_template.imported_{number}\n  id = \"{id}\"\n}}\n")
        });
        world.write(&blocks.collect::<String>());
        world.terraform(&["plan", "-no-color", "-generate-config-out=generated.tf"])
            .ok()
            .says("3 to import, 0 to add, 0 to change, 0 to destroy");
        world.apply().says("3 imported, 0 added, 0 changed, 0 destroyed");
        world.plans_clean();
        assert_eq!(world.emulator.templates(), before, "an import changes nothing");
    }
}
