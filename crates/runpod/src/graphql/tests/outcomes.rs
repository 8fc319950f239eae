//! Each outcome of an attempt as the kind of its error (API facts 2.11).

use std::{net::TcpListener, time::Duration};

use runpod_emulator::{Effect, Emulator, Fault, Root};
use serde_json::json;

use super::{
    AGENT, CREATE, LIST, OPERATIONS, READ, UPDATE, client, connect, emulator, failure, json, perform,
    settings,
};
use crate::{Kind, Refusal, endpoints, graphql::fake::call};

const UNAVAILABLE: Kind = Kind::Unavailable { retry_after: None };

fn with_header(status: u16, name: &str, value: &str) -> Effect {
    Effect::Http {
        status,
        headers: [(name.to_owned(), value.to_owned())].into(),
        body: String::new(),
        after_commit: false,
    }
}

fn graphql_error(status: u16, message: &str, code: &str) -> Effect {
    let error = json!({"message": message, "extensions": {"code": code}});
    Effect::http(status, json!({"errors": [error]}).to_string())
}

#[tokio::test]
async fn each_http_status_has_its_kind_whatever_is_asked() {
    let seven = Some(Duration::from_secs(7));
    let rows = [
        (
            401,
            Effect::html(401),
            Kind::Credential,
            "the API key is not accepted",
            None,
        ),
        (
            401,
            graphql_error(401, "No such key", "UNAUTHENTICATED"),
            Kind::Credential,
            "No such key",
            Some("UNAUTHENTICATED"),
        ),
        (403, Effect::firewall(), Kind::Forbidden, "error code: 1010", None),
        (
            403,
            Effect::html(403),
            Kind::Forbidden,
            "the request is forbidden",
            None,
        ),
        (
            429,
            Effect::too_many_requests(None),
            Kind::RateLimited { retry_after: None },
            "too many requests",
            None,
        ),
        (
            429,
            Effect::too_many_requests(Some("7")),
            Kind::RateLimited { retry_after: seven },
            "too many requests",
            None,
        ),
        (500, Effect::html(500), UNAVAILABLE, "Internal Server Error", None),
        (502, Effect::html(502), UNAVAILABLE, "Bad Gateway", None),
        (
            500,
            graphql_error(500, "Out of order", "BROKEN"),
            UNAVAILABLE,
            "Out of order",
            Some("BROKEN"),
        ),
        (
            503,
            with_header(503, "retry-after", "7"),
            Kind::Unavailable { retry_after: seven },
            "Service Unavailable",
            None,
        ),
        (
            400,
            graphql_error(400, "Cannot query field \"x\".", "GRAPHQL_VALIDATION_FAILED"),
            Kind::Schema,
            "Cannot query field \"x\".",
            Some("GRAPHQL_VALIDATION_FAILED"),
        ),
        (
            400,
            Effect::html(400),
            Kind::UnexpectedStatus,
            "Bad Request",
            None,
        ),
        (
            404,
            Effect::html(404),
            Kind::ApiEnded,
            "there is no GraphQL API at this address (Not Found)",
            None,
        ),
        (
            404,
            graphql_error(404, "No such user", "NOT_FOUND"),
            Kind::UnexpectedStatus,
            "Not Found",
            Some("NOT_FOUND"),
        ),
        (410, Effect::html(410), Kind::ApiEnded, "this API has ended", None),
        (
            410,
            graphql_error(410, "Use REST v2", "GONE"),
            Kind::ApiEnded,
            "Use REST v2",
            Some("GONE"),
        ),
        (
            302,
            with_header(302, "location", "/elsewhere"),
            Kind::UnexpectedStatus,
            "Found",
            None,
        ),
        (
            200,
            Effect::not_json(),
            Kind::Garbled,
            "the answer is not JSON, or was cut off",
            None,
        ),
        (
            200,
            Effect::http(200, ""),
            Kind::Garbled,
            "the answer is not JSON, or was cut off",
            None,
        ),
        (
            200,
            Effect::http(200, "{\"data\":{\"mys"),
            Kind::Garbled,
            "the answer is not JSON, or was cut off",
            None,
        ),
        (
            200,
            Effect::http(200, "[]"),
            Kind::Garbled,
            "the answer is JSON, but not a GraphQL answer",
            None,
        ),
        (
            200,
            Effect::data_null(),
            Kind::Incomplete,
            "the answer has no data",
            None,
        ),
    ];
    let emulator = emulator();
    for (status, effect, kind, message, code) in rows {
        for operation in OPERATIONS {
            emulator.fault(Fault::on(Root::Any).then(effect.clone()));
            // Each with a gate of its own, which HTTP 429 closes.
            let client = client(&emulator);
            let failure = perform(&client, &call(), operation).await.unwrap_err();
            assert_eq!(failure.operation, operation);
            assert_eq!(
                (
                    failure.status,
                    &failure.kind,
                    failure.message.as_str(),
                    failure.code.as_deref()
                ),
                (Some(status), &kind, message, code),
                "{operation:?} after {effect:?}"
            );
        }
    }
}

#[tokio::test]
async fn each_known_refusal_of_a_write_has_its_kind() {
    let rows = [
        (
            "Max workers across all endpoints must not exceed your workers quota (30). Reduce the max workers for other endpoints or lower the max worker count for this endpoint to at most 2.",
            endpoints::WORKER_QUOTA,
        ),
        ("Unable to find template", endpoints::TEMPLATE_NOT_FOUND),
        (
            "Serverless endpoints cannot use pod templates. Please use a serverless template.",
            endpoints::POD_TEMPLATE,
        ),
        (
            "You must have at least $0.01 in your account balance to create an endpoint.",
            Refusal::BALANCE,
        ),
        (
            "gpuId(s) is required for a gpu endpoint",
            endpoints::GPU_IDS_MISSING,
        ),
        (
            "endpoint template names must be unique",
            endpoints::TEMPLATE_NAME_TAKEN,
        ),
    ];
    for (message, refusal) in rows {
        let failure = failure(CREATE, Effect::error(message, "RUNPOD")).await;
        assert_eq!(
            (
                failure.kind,
                failure.message.as_str(),
                failure.code.as_deref(),
                failure.status
            ),
            (Kind::Refused(refusal), message, Some("RUNPOD"), Some(200))
        );
    }
}

#[tokio::test]
async fn an_error_that_no_source_knows_refuses_a_write_and_fails_a_read() {
    for operation in OPERATIONS {
        let expected = if operation.is_write() {
            Kind::Refused(Refusal::OTHER)
        } else {
            Kind::Incomplete
        };
        let effect = Effect::error("The stars are not right", "SUPPLY_CONSTRAINT");
        assert_eq!(failure(operation, effect).await.kind, expected, "{operation:?}");
    }
}

#[tokio::test]
async fn what_asks_to_try_again_later_is_understood() {
    let effects = [
        Effect::internal_error(),
        Effect::error("Unknown", "INTERNAL_SERVER_ERROR"),
        Effect::error("Please try again later.", "RUNPOD"),
        Effect::error("Internal Server Error", "RUNPOD"),
        Effect::error("Service unavailable", "RUNPOD"),
        Effect::error("Too many requests, slow down", "RUNPOD"),
        Effect::error("It is Temporarily Unavailable", "RUNPOD"),
    ];
    for effect in effects {
        let failure = failure(UPDATE, effect.clone()).await;
        assert_eq!(failure.kind, Kind::TryAgainLater, "{effect:?}");
    }
}

#[tokio::test]
async fn a_key_without_rights_is_told_on_http_200_as_well() {
    for operation in OPERATIONS {
        let failure = failure(operation, Effect::error("Unauthorized", "RUNPOD")).await;
        assert_eq!(failure.kind, Kind::Credential, "{operation:?}");
    }
    for operation in [LIST, READ] {
        let nobody = json(&json!({"data": {"myself": null}}));
        let failure = failure(operation, nobody).await;
        assert_eq!(failure.kind, Kind::Credential, "{operation:?}");
        assert!(failure.message.contains("belongs to no user"), "{failure}");
    }
}

#[tokio::test]
async fn a_connection_that_breaks_is_told_from_one_that_was_never_made() {
    let effects = [
        Effect::CloseBefore,
        Effect::CloseDuring,
        Effect::CloseAfterCommit,
        Effect::CutBody,
    ];
    for effect in effects {
        let failure = failure(LIST, effect.clone()).await;
        assert_eq!(
            (failure.kind, failure.status),
            (Kind::ConnectionLost, None),
            "{effect:?}"
        );
    }
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let nobody = connect(settings(&format!("http://{free}/graphql")));
    let failure = perform(&nobody, &call(), LIST).await.unwrap_err();
    assert_eq!((failure.kind, failure.status), (Kind::Unreachable, None));
    assert!(!failure.message.contains("127.0.0.1"), "{}", failure.message);
}

#[tokio::test]
async fn an_error_whose_body_is_cut_off_keeps_its_status() {
    let failure = {
        let emulator = emulator();
        let effects = Fault::on(Root::Any).then(Effect::html(503).after_commit());
        emulator.fault(effects.then(Effect::CutBody));
        perform(&client(&emulator), &call(), LIST).await.unwrap_err()
    };
    assert_eq!((failure.kind, failure.status), (UNAVAILABLE, Some(503)));
}

#[tokio::test]
async fn an_answer_that_does_not_come_in_time_is_a_timeout() {
    for effect in [Effect::HoldBefore, Effect::HoldAfter] {
        let emulator = emulator();
        emulator.fault(Fault::on(Root::Any).then(effect));
        let hasty = connect(crate::Settings {
            request_timeout: Duration::from_millis(200),
            ..settings(&emulator.url())
        });
        let failure = perform(&hasty, &call(), LIST).await.unwrap_err();
        assert_eq!((failure.kind, failure.status), (Kind::Timeout, None));
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let (emulator, elsewhere) = (emulator(), emulator());
    for status in [301, 302, 303, 307, 308] {
        emulator.fault(Fault::on(Root::Any).then(with_header(status, "location", &elsewhere.url())));
        let failure = perform(&client(&emulator), &call(), LIST).await.unwrap_err();
        assert_eq!(
            (failure.kind, failure.status),
            (Kind::UnexpectedStatus, Some(status))
        );
    }
    assert!(elsewhere.requests().is_empty());
}

#[tokio::test]
async fn a_user_agent_that_the_firewall_refuses_is_told_as_the_firewall() {
    let emulator = Emulator::start();
    let blunt = connect(crate::Settings {
        user_agent: AGENT.replace("terraform-provider-runpod", "Python-urllib"),
        ..settings(&emulator.url())
    });
    let failure = perform(&blunt, &call(), LIST).await.unwrap_err();
    assert_eq!(
        (failure.kind, failure.message.as_str()),
        (Kind::Forbidden, "error code: 1010")
    );
}

#[tokio::test]
async fn a_field_that_the_key_may_not_read_is_named() {
    let unauthorized = |path: serde_json::Value| {
        let error = json!({"message": "Unauthorized", "path": path, "extensions": {"code": "RUNPOD"}});
        json(&json!({"data": {"myself": {"endpoints": []}}, "errors": [error]}))
    };
    let rows = [
        (
            json!(["myself", "endpoints", 0, "env"]),
            Some("myself.endpoints.env"),
        ),
        (
            json!(["myself", "serverlessDiscount"]),
            Some("myself.serverlessDiscount"),
        ),
        (json!(["myself"]), None),
        (json!(null), None),
    ];
    for (path, field) in rows {
        let expected = field.map_or(Kind::Credential, |field| Kind::FieldNotPermitted {
            field: field.to_owned(),
        });
        assert_eq!(
            failure(LIST, unauthorized(path.clone())).await.kind,
            expected,
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_volume_that_is_not_there_is_no_fault_that_passes() {
    let effect = Effect::error("Network volume \"agv6w2qcg7\" not found", "INTERNAL_SERVER_ERROR");
    let failure = failure(UPDATE, effect).await;
    assert_eq!(failure.kind, Kind::Refused(endpoints::VOLUME_NOT_FOUND));
}
