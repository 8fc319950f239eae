//! What errors never tell.

use runpod_emulator::Effect;
use serde_json::json;

use super::{CREATE, KEY, LIST, failure, json};

#[tokio::test]
async fn no_error_shows_the_key_even_if_the_api_echoes_it() {
    let echo = format!("the key {KEY} is wrong");
    let body = json!({"errors": [{"message": echo, "extensions": {"code": KEY}}]}).to_string();
    let mut effects: Vec<Effect> = [400, 401, 403, 404, 429, 500]
        .map(|status| Effect::http(status, &*body))
        .into();
    effects.extend([400, 401, 403, 404, 429, 500, 200].map(|status| Effect::http(status, &*echo)));
    effects.push(Effect::error(&echo, KEY));
    effects.push(json(
        &json!({"data": {"myself": {"endpoints": KEY}, "saveEndpoint": KEY}}),
    ));
    for effect in effects {
        for operation in [LIST, CREATE] {
            let failure = failure(operation, effect.clone()).await;
            let shown = format!("{failure} {failure:?}");
            assert!(!shown.contains(KEY), "{shown} after {effect:?}");
        }
    }
    let told = failure(CREATE, Effect::error(&echo, KEY)).await;
    assert_eq!(told.message, "the key (hidden) is wrong");
}

#[tokio::test]
async fn a_message_is_one_line_and_never_a_raw_body() {
    let failure = failure(LIST, Effect::html(200)).await;
    assert!(!failure.message.contains('<'), "{failure}");
    let message = "all\nis\nlost ".repeat(1000);
    let long = self::failure(CREATE, Effect::error(message, "RUNPOD"))
        .await
        .message;
    assert!(!long.contains('\n') && long.chars().count() < 400, "{long}");
}
