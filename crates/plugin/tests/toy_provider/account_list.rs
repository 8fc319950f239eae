//! Lists of accounts, which do as their filter tells them.

use async_trait::async_trait;
use plugin::{ListResource, ListResults};
use serde::Deserialize;
use tf_provider::{
    Diagnostics, map,
    schema::{AttributeConstraint, AttributeType, Block, Schema},
    value::{Value, ValueNumber},
};

use crate::{
    account::{Account, AccountIdentity, AccountState, said, text},
    attribute, gate, plain_error, tell,
};

#[derive(Deserialize)]
pub struct Filter {
    /// How many there are.
    count: ValueNumber,
    on: Value<String>,
}

/// Says that a list has come to its end, however it did.
struct Ended;

impl Drop for Ended {
    fn drop(&mut self) {
        tell("list ended");
    }
}

#[async_trait]
impl ListResource for Account {
    type ListConfig<'a> = Filter;

    fn list_schema(&self, _: &mut Diagnostics) -> Option<Schema> {
        use AttributeConstraint::{Computed, Optional};
        Some(Schema {
            version: 1,
            block: Block {
                attributes: map! {
                    "count" => attribute(AttributeType::Number, Optional),
                    "on" => attribute(AttributeType::String, Optional),
                    "cursor" => attribute(AttributeType::String, Computed),
                },
                ..Default::default()
            },
        })
    }

    async fn validate_list<'a>(&self, diags: &mut Diagnostics, config: Filter) -> Option<()> {
        if said(&config.on) == "forbidden" {
            diags.add_error(plain_error("no such filter"));
        }
        Some(())
    }

    async fn list<'a>(
        &self,
        diags: &mut Diagnostics,
        config: Filter,
        results: &mut ListResults,
    ) -> Option<()> {
        let account = |index: i64| AccountState {
            id: text(format!("id-{index}")),
            name: text(format!("n{index}")),
            ..Default::default()
        };
        let count = config.count.unwrap_or(2);
        match said(&config.on) {
            "identities" => {
                for index in 0..count {
                    let identity = AccountIdentity::of(&account(index));
                    results.push_identity(format!("n{index}"), &identity).await.ok()?;
                }
            }
            "warn" => {
                results.warn(plain_error("there are more")).await.ok()?;
                results.push("n0", &account(0)).await.ok()?;
            }
            "no-identity" => {
                results.push("n0", &account(0)).await.ok()?;
                results.push("n1", &AccountState::default()).await.ok()?;
                results.push("n2", &account(2)).await.ok()?;
            }
            "endless" => {
                let _ended = Ended;
                for index in 0.. {
                    results.push("n", &account(index)).await.ok()?;
                }
            }
            "hold" => {
                let _ended = Ended;
                gate("listing").await;
            }
            other => {
                for index in 0..count {
                    let remaining = results.remaining();
                    // Not even after nothing more is wanted.
                    let pushed = results.push(format!("n{index}"), &account(index).leaking()).await;
                    assert!(remaining > 0 || pushed.is_err());
                }
                match other {
                    "error" => diags.add_error(plain_error("as told")),
                    "panic" => panic!("as told, with hunter2"),
                    "none" => return None,
                    _ => {}
                }
            }
        }
        Some(())
    }
}
