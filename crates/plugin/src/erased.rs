//! tf-provider's traits without their types: typed values become bytes here and nowhere else.
//!
//! tf-provider has traits for this too (`DynamicResource` and others), but a type in their signatures is not
//! exported, so that nobody outside can call them.

use async_trait::async_trait;
use tf_provider::{AttributePath, DataSource, Diagnostics, Provider, Resource, schema::Schema};

use super::value::{CONFIG, PRIVATE, Raw, STATE, decode, decode_private, encode};

/// A state, and a private state in msgpack.
#[derive(Clone, Debug)]
pub(crate) struct ResourceState {
    pub state: Raw,
    pub private: Vec<u8>,
}

const PLAN: &str = "the planned state";
const META: &str = "the provider_meta block";

/// Any [`Provider`].
#[async_trait]
pub(crate) trait AnyProvider: Send + Sync + 'static {
    fn schema(&self, diags: &mut Diagnostics) -> Option<Schema>;
    fn meta_schema(&self, diags: &mut Diagnostics) -> Option<Schema>;
    async fn validate(&self, diags: &mut Diagnostics, config: &Raw) -> Option<()>;
    async fn configure(&self, diags: &mut Diagnostics, terraform: String, config: &Raw) -> Option<()>;
}

#[async_trait]
impl<P: Provider> AnyProvider for P {
    fn schema(&self, diags: &mut Diagnostics) -> Option<Schema> {
        Provider::schema(self, diags)
    }

    fn meta_schema(&self, diags: &mut Diagnostics) -> Option<Schema> {
        Provider::meta_schema(self, diags)
    }

    async fn validate(&self, diags: &mut Diagnostics, config: &Raw) -> Option<()> {
        let config = decode(diags, "the provider's configuration", config)?;
        Provider::validate(self, diags, config).await
    }

    async fn configure(&self, diags: &mut Diagnostics, terraform: String, config: &Raw) -> Option<()> {
        let config = decode(diags, "the provider's configuration", config)?;
        Provider::configure(self, diags, terraform, config).await
    }
}

/// Any [`DataSource`].
#[async_trait]
pub(crate) trait AnyDataSource: Send + Sync + 'static {
    fn schema(&self, diags: &mut Diagnostics) -> Option<Schema>;
    async fn validate(&self, diags: &mut Diagnostics, config: &Raw) -> Option<()>;
    async fn read(&self, diags: &mut Diagnostics, config: &Raw, meta: &Raw) -> Option<Vec<u8>>;
}

#[async_trait]
impl<D: DataSource + 'static> AnyDataSource for D {
    fn schema(&self, diags: &mut Diagnostics) -> Option<Schema> {
        DataSource::schema(self, diags)
    }

    async fn validate(&self, diags: &mut Diagnostics, config: &Raw) -> Option<()> {
        let config = decode(diags, CONFIG, config)?;
        DataSource::validate(self, diags, config).await
    }

    async fn read(&self, diags: &mut Diagnostics, config: &Raw, meta: &Raw) -> Option<Vec<u8>> {
        let config = decode(diags, CONFIG, config)?;
        let meta = decode(diags, META, meta)?;
        let state = DataSource::read(self, diags, config, meta).await?;
        encode(diags, STATE, &state)
    }
}

/// Any [`Resource`]. `private` is a private state, `meta` the module's `provider_meta`.
#[async_trait]
pub(crate) trait AnyResource: Send + Sync + 'static {
    fn schema(&self, diags: &mut Diagnostics) -> Option<Schema>;
    async fn validate(&self, diags: &mut Diagnostics, config: &Raw) -> Option<()>;
    async fn read(
        &self,
        diags: &mut Diagnostics,
        state: &Raw,
        private: &Raw,
        meta: &Raw,
    ) -> Option<ResourceState>;
    async fn plan_create(
        &self,
        diags: &mut Diagnostics,
        proposed: &Raw,
        config: &Raw,
        meta: &Raw,
    ) -> Option<ResourceState>;
    async fn plan_update(
        &self,
        diags: &mut Diagnostics,
        prior: &Raw,
        proposed: &Raw,
        config: &Raw,
        private: &Raw,
        meta: &Raw,
    ) -> Option<(ResourceState, Vec<AttributePath>)>;
    async fn plan_destroy(
        &self,
        diags: &mut Diagnostics,
        prior: &Raw,
        private: &Raw,
        meta: &Raw,
    ) -> Option<Vec<u8>>;
    async fn create(
        &self,
        diags: &mut Diagnostics,
        planned: &Raw,
        config: &Raw,
        private: &Raw,
        meta: &Raw,
    ) -> Option<ResourceState>;
    async fn update(
        &self,
        diags: &mut Diagnostics,
        prior: &Raw,
        planned: &Raw,
        config: &Raw,
        private: &Raw,
        meta: &Raw,
    ) -> Option<ResourceState>;
    async fn destroy(&self, diags: &mut Diagnostics, prior: &Raw, private: &Raw, meta: &Raw) -> Option<()>;
    async fn import(&self, diags: &mut Diagnostics, id: String) -> Option<ResourceState>;
}

#[async_trait]
impl<R: Resource + 'static> AnyResource for R {
    fn schema(&self, diags: &mut Diagnostics) -> Option<Schema> {
        Resource::schema(self, diags)
    }

    async fn validate(&self, diags: &mut Diagnostics, config: &Raw) -> Option<()> {
        let config = decode(diags, CONFIG, config)?;
        Resource::validate(self, diags, config).await
    }

    async fn read(
        &self,
        diags: &mut Diagnostics,
        state: &Raw,
        private: &Raw,
        meta: &Raw,
    ) -> Option<ResourceState> {
        let state = decode(diags, STATE, state)?;
        let private = decode_private(diags, private)?;
        let meta = decode(diags, META, meta)?;
        let (state, private) = Resource::read(self, diags, state, private, meta).await?;
        made::<R>(diags, STATE, &state, &private)
    }

    async fn plan_create(
        &self,
        diags: &mut Diagnostics,
        proposed: &Raw,
        config: &Raw,
        meta: &Raw,
    ) -> Option<ResourceState> {
        let proposed = decode(diags, PLAN, proposed)?;
        let config = decode(diags, CONFIG, config)?;
        let meta = decode(diags, META, meta)?;
        let (state, private) = Resource::plan_create(self, diags, proposed, config, meta).await?;
        made::<R>(diags, PLAN, &state, &private)
    }

    async fn plan_update(
        &self,
        diags: &mut Diagnostics,
        prior: &Raw,
        proposed: &Raw,
        config: &Raw,
        private: &Raw,
        meta: &Raw,
    ) -> Option<(ResourceState, Vec<AttributePath>)> {
        let prior = decode(diags, STATE, prior)?;
        let proposed = decode(diags, PLAN, proposed)?;
        let config = decode(diags, CONFIG, config)?;
        let private = decode_private(diags, private)?;
        let meta = decode(diags, META, meta)?;
        let planned = Resource::plan_update(self, diags, prior, proposed, config, private, meta).await;
        let (state, private, replace) = planned?;
        Some((made::<R>(diags, PLAN, &state, &private)?, replace))
    }

    async fn plan_destroy(
        &self,
        diags: &mut Diagnostics,
        prior: &Raw,
        private: &Raw,
        meta: &Raw,
    ) -> Option<Vec<u8>> {
        let prior = decode(diags, STATE, prior)?;
        let private = decode_private(diags, private)?;
        let meta = decode(diags, META, meta)?;
        let private = Resource::plan_destroy(self, diags, prior, private, meta).await?;
        encode(diags, PRIVATE, &private)
    }

    async fn create(
        &self,
        diags: &mut Diagnostics,
        planned: &Raw,
        config: &Raw,
        private: &Raw,
        meta: &Raw,
    ) -> Option<ResourceState> {
        let planned = decode(diags, PLAN, planned)?;
        let config = decode(diags, CONFIG, config)?;
        let private = decode_private(diags, private)?;
        let meta = decode(diags, META, meta)?;
        let (state, private) = Resource::create(self, diags, planned, config, private, meta).await?;
        made::<R>(diags, STATE, &state, &private)
    }

    async fn update(
        &self,
        diags: &mut Diagnostics,
        prior: &Raw,
        planned: &Raw,
        config: &Raw,
        private: &Raw,
        meta: &Raw,
    ) -> Option<ResourceState> {
        let prior = decode(diags, STATE, prior)?;
        let planned = decode(diags, PLAN, planned)?;
        let config = decode(diags, CONFIG, config)?;
        let private = decode_private(diags, private)?;
        let meta = decode(diags, META, meta)?;
        let updated = Resource::update(self, diags, prior, planned, config, private, meta).await;
        let (state, private) = updated?;
        made::<R>(diags, STATE, &state, &private)
    }

    async fn destroy(&self, diags: &mut Diagnostics, prior: &Raw, private: &Raw, meta: &Raw) -> Option<()> {
        let prior = decode(diags, STATE, prior)?;
        let private = decode_private(diags, private)?;
        let meta = decode(diags, META, meta)?;
        Resource::destroy(self, diags, prior, private, meta).await
    }

    async fn import(&self, diags: &mut Diagnostics, id: String) -> Option<ResourceState> {
        let (state, private) = Resource::import(self, diags, id).await?;
        made::<R>(diags, STATE, &state, &private)
    }
}

fn made<R: Resource>(
    diags: &mut Diagnostics,
    what: &str,
    state: &R::State<'_>,
    private: &R::PrivateState<'_>,
) -> Option<ResourceState> {
    let state = Raw::Msgpack(encode(diags, what, state)?);
    let private = encode(diags, PRIVATE, private)?;
    Some(ResourceState { state, private })
}
