//! What can be done with objects beside managing them: actions (protocol 6.10, Terraform 1.14).

use async_trait::async_trait;
use serde::Deserialize;
use tf_provider::{Diagnostics, schema::Schema};
use tokio::sync::mpsc;

use super::{
    marks::Marks,
    registration::CachedSchema,
    value::{CONFIG, Raw, decode},
    wire::invoke_action::{Event, event},
};

/// Something that a configuration can have done, by a trigger or with `-invoke`. Terraform keeps no record of it: it must be
/// safe to do again.
#[async_trait]
pub trait Action: Send + Sync {
    /// What the `action` block's `config` says. Where it is left out, all of it is null.
    type Config<'a>: Deserialize<'a> + Send;

    /// The schema of `config`.
    fn schema(&self, diags: &mut Diagnostics) -> Option<Schema>;

    /// Checks `config`, in which values may be unknown. `None` without an error in `diags` counts as an error.
    async fn validate<'a>(&self, diags: &mut Diagnostics, config: Self::Config<'a>) -> Option<()> {
        let _ = (diags, config);
        Some(())
    }

    /// Objects to it while Terraform plans, if it cannot be done; `config` may still hold what is unknown. It must not
    /// act: it is called in each plan. `None` without an error in `diags` counts as an error.
    async fn plan<'a>(&self, diags: &mut Diagnostics, config: Self::Config<'a>) -> Option<()> {
        let _ = (diags, config);
        Some(())
    }

    /// Does it. A Ctrl-C is told by [`Stop`](super::Stop) alone. `None` without an error in `diags` counts as an error.
    async fn invoke<'a>(
        &self,
        diags: &mut Diagnostics,
        config: Self::Config<'a>,
        progress: &Progress,
    ) -> Option<()>;
}

/// Where an action says how it gets on.
pub struct Progress(mpsc::Sender<Event>);

impl Progress {
    pub(crate) fn new(events: mpsc::Sender<Event>) -> Self {
        Self(events)
    }

    /// Shows a line to the user. If there is nobody any more, nobody is told.
    pub async fn send(&self, message: impl Into<String>) {
        let progress = event::Progress {
            message: message.into(),
        };
        let event = Event {
            r#type: Some(event::Type::Progress(progress)),
        };
        let _ = self.0.send(event).await;
    }
}

/// Any [`Action`], with its values as bytes.
#[async_trait]
pub(crate) trait AnyAction: Send + Sync {
    fn schema(&self, diags: &mut Diagnostics) -> Option<Schema>;
    async fn validate(&self, diags: &mut Diagnostics, config: &Raw) -> Option<()>;
    async fn plan(&self, diags: &mut Diagnostics, config: &Raw) -> Option<()>;
    async fn invoke(&self, diags: &mut Diagnostics, config: &Raw, progress: &Progress) -> Option<()>;
}

#[async_trait]
impl<A: Action> AnyAction for A {
    fn schema(&self, diags: &mut Diagnostics) -> Option<Schema> {
        Action::schema(self, diags)
    }

    async fn validate(&self, diags: &mut Diagnostics, config: &Raw) -> Option<()> {
        let config = decode(diags, CONFIG, config)?;
        Action::validate(self, diags, config).await
    }

    async fn plan(&self, diags: &mut Diagnostics, config: &Raw) -> Option<()> {
        let config = decode(diags, CONFIG, config)?;
        Action::plan(self, diags, config).await
    }

    async fn invoke(&self, diags: &mut Diagnostics, config: &Raw, progress: &Progress) -> Option<()> {
        let config = decode(diags, CONFIG, config)?;
        Action::invoke(self, diags, config, progress).await
    }
}

/// An action that is registered.
pub(crate) struct RegisteredAction {
    pub action: Box<dyn AnyAction>,
    /// What is said of its `config`'s attributes.
    pub marks: Marks,
    schema: CachedSchema,
}

impl RegisteredAction {
    pub(crate) fn new(action: impl Action + 'static) -> Self {
        Self {
            action: Box::new(action),
            marks: Marks::default(),
            schema: CachedSchema::default(),
        }
    }

    /// The schema of `config`, or what is wrong with it.
    pub(crate) fn schema(&self, diags: &mut Diagnostics) -> Option<&Schema> {
        self.schema.get(diags, |diags| self.action.schema(diags))
    }
}
