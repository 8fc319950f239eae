//! One request to an emulated API: it is logged, struck by a fault or not, and answered.

use std::{sync::Arc, time::Duration};

use crate::{
    account::switches::GraphqlEnd,
    faults::{effect::Effect, plan::Strike},
    graphql::{
        faulty::{replaced, with_hole},
        request::{self, Body},
    },
    jobs, rest,
    wire::{
        answer::{Answer, Manner},
        log::{ApiKind, Envelope},
        summary::Summary,
    },
    world::World,
};

/// A request as the API that it speaks to reads it.
enum Asked {
    Graphql(Result<Body, String>),
    Rest(rest::request::Request),
    Jobs(jobs::Request),
}

impl Asked {
    fn read(envelope: &Envelope) -> Self {
        match envelope.api() {
            ApiKind::Rest => Self::Rest(rest::request::Request::read(envelope)),
            ApiKind::Jobs => Self::Jobs(jobs::Request::read(envelope)),
            _ => Self::Graphql(Body::read(&envelope.body)),
        }
    }

    fn summary(&self) -> Summary {
        match self {
            Self::Graphql(body) => body.as_ref().map(request::summary).unwrap_or_default(),
            Self::Rest(request) => request.summary(),
            Self::Jobs(request) => request.summary(),
        }
    }
}

/// Answers a request and writes it into the log.
pub(crate) async fn dispatch(world: Arc<World>, envelope: Envelope) -> Answer {
    let asked = Asked::read(&envelope);
    let summary = asked.summary();
    let number = world.log().arrived(&envelope, &summary);
    let strike = world.plan().strike(&summary);
    let answer = match strike {
        None => execute(&world, &envelope, asked).await,
        Some(strike) => {
            let told = serde_json::to_string(&strike.effects).unwrap_or_default();
            world.log().struck(number, told);
            under_fault(&world, &envelope, asked, &summary, &strike).await
        }
    };
    world.log().answered(number, &answer);
    answer
}

async fn under_fault(
    world: &Arc<World>,
    envelope: &Envelope,
    asked: Asked,
    summary: &Summary,
    strike: &Strike,
) -> Answer {
    for effect in &strike.effects {
        match effect {
            Effect::HoldBefore => world.holds.park().await,
            Effect::LatencyBefore { ms } => tokio::time::sleep(Duration::from_millis(*ms)).await,
            Effect::CloseBefore => return Answer::closed(),
            Effect::Http {
                after_commit: false, ..
            } => return effect.answer(),
            Effect::DataNull { after_commit: false } => return replaced(effect, summary, strike, None),
            Effect::GraphqlError {
                after_commit: false, ..
            } if !strike.on.path().contains('.') => return replaced(effect, summary, strike, None),
            _ => {}
        }
    }
    let mut answer = execute(world, envelope, asked).await;
    for effect in &strike.effects {
        match effect {
            Effect::HoldAfter => world.holds.park().await,
            Effect::LatencyAfter { ms } => tokio::time::sleep(Duration::from_millis(*ms)).await,
            Effect::CutBody => answer = answer.in_manner(Manner::HalfBody),
            Effect::CloseDuring => answer = answer.in_manner(Manner::HeadersOnly),
            Effect::CloseAfterCommit => answer = answer.in_manner(Manner::Closed),
            Effect::Partial { path, message, code } => {
                answer = with_hole(&answer, path, message, code);
            }
            Effect::Http { .. } => answer = effect.answer(),
            Effect::GraphqlError { .. } | Effect::DataNull { .. } => {
                answer = replaced(effect, summary, strike, Some(&answer));
            }
            _ => {}
        }
    }
    answer
}

/// The real answer.
async fn execute(world: &Arc<World>, envelope: &Envelope, asked: Asked) -> Answer {
    let (is_checked, end) = {
        let store = world.accounts.own.store();
        (store.switches.user_agent_check, store.switches.graphql_end)
    };
    if is_checked && !envelope.has_honest_agent() {
        return Answer::text(403, "error code: 1010");
    }
    match asked {
        Asked::Graphql(body) => match end {
            GraphqlEnd::Alive => world.graphql.execute(&world.accounts, envelope, body).await,
            GraphqlEnd::Gone => Answer::text(410, "The GraphQL API is gone."),
            GraphqlEnd::NotFound => Answer::text(404, "404 page not found"),
        },
        Asked::Rest(request) => world.rest.execute(&world.accounts, envelope, &request),
        Asked::Jobs(request) => request.execute(&world.accounts, envelope),
    }
}
