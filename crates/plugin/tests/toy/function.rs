//! Functions, which are called on a provider that is not configured.

use serde_json::{Value as Json, json};

use crate::{
    client::{Client, answer, pack, unpack, wire},
    support::Process,
};

#[tokio::test]
async fn a_function_is_declared_in_the_schema_and_by_itself() {
    let process = Process::start();
    let mut client = process.client().await;
    let schema = client.schema().await;
    assert!(schema.diagnostics.is_empty(), "{:?}", schema.diagnostics);
    let request = wire::get_functions::Request {};
    let functions = answer(client.rpc.get_functions(request)).await;
    assert_eq!(functions.functions, schema.functions);
    let metadata = answer(client.rpc.get_metadata(wire::get_metadata::Request {})).await;
    assert_eq!(metadata.functions[0].name, "greet");

    let greet = &schema.functions["greet"];
    // Terraform crashes without it.
    assert_eq!(greet.r#return.as_ref().unwrap().r#type, b"\"string\"");
    let parameters: Vec<_> = greet
        .parameters
        .iter()
        .chain(&greet.variadic_parameter)
        .map(|it| (it.name.as_str(), it.r#type.as_slice(), it.allow_null_value))
        .collect();
    assert_eq!(
        parameters,
        [
            ("name", &b"\"string\""[..], false),
            ("title", b"\"string\"", true),
            ("others", b"\"string\"", false)
        ]
    );
    assert_eq!(
        (greet.summary.as_str(), greet.description.as_str()),
        ("Greets", "Greets everybody.")
    );
    assert_eq!(greet.deprecation_message, "Wave instead.");
}

async fn call(client: &mut Client, name: &str, arguments: &[Json]) -> wire::call_function::Response {
    let request = wire::call_function::Request {
        name: name.to_owned(),
        arguments: arguments
            .iter()
            .map(|argument| match argument {
                // As OpenTofu sends it.
                Json::Null => wire::DynamicValue::default(),
                argument => pack(argument).unwrap(),
            })
            .collect(),
    };
    answer(client.rpc.call_function(request)).await
}

#[tokio::test]
async fn a_function_answers_without_a_configuration() {
    let process = Process::start();
    let mut client = process.client().await;
    for (arguments, expected) in [
        (vec![json!("Ann"), json!("Dr.")], "Dr. Ann "),
        (
            vec![json!("Ann"), Json::Null, json!("Bob"), json!("Cy")],
            "null Ann Bob Cy",
        ),
    ] {
        let answer = call(&mut client, "greet", &arguments).await;
        assert_eq!(answer.error, None);
        assert_eq!(unpack(&answer.result), expected);
    }
}

#[tokio::test]
async fn an_error_names_its_argument() {
    // tf-provider appends a backtrace to such errors.
    let process = Process::start_with(|command| _ = command.env("RUST_BACKTRACE", "1"));
    let mut client = process.client().await;
    for (arguments, text, argument) in [
        (vec![json!("nobody"), Json::Null], "nobody is there", Some(0)),
        (
            vec![json!("Ann"), Json::Null, json!("Bob"), json!("nobody")],
            "nobody is there",
            Some(3),
        ),
        (
            vec![json!("Ann"), json!({ "secret": "hunter2" })],
            "The provider could not read an argument of the function",
            Some(1),
        ),
        (vec![json!("Ann")], "It takes 2 arguments, and was given 1", None),
    ] {
        let answer = call(&mut client, "greet", &arguments).await;
        let error = answer.error.unwrap();
        assert_eq!((error.text.as_str(), error.function_argument), (text, argument));
        assert_eq!(answer.result, None);
    }
}

#[tokio::test]
async fn what_fails_is_an_error_and_never_nothing() {
    let process = Process::start();
    let mut client = process.client().await;
    for (name, first, text) in [
        ("greet", "panic", "The provider has a bug"),
        ("greet", "none", "The provider gave no answer"),
        ("wave", "", "Unknown function wave"),
    ] {
        let answer = call(&mut client, name, &[json!(first), Json::Null]).await;
        let error = answer.error.unwrap();
        assert!(error.text.starts_with(text), "{error:?}");
        assert!(!error.text.contains("hunter2"), "{error:?}");
        assert_eq!(answer.result, None);
    }
}
