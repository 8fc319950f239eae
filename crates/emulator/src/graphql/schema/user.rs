//! `myself`: the account and what belongs to it (API facts 1.4, 1.6).

use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};

use super::{
    catalogue::DataCenter,
    context::{look, refused},
    endpoint::{Endpoint, NetworkVolume, Pod},
    scalars::DateTime,
    template::PodTemplate,
};
use crate::account::{
    rows::{StoredDiscount, StoredRegistryAuth, StoredSecret},
    store::Store,
    switches::UnknownEndpoint,
};

#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DiscountType {
    #[graphql(name = "SERVERLESS")]
    Serverless,
}

#[derive(SimpleObject, Clone, Debug)]
pub(crate) struct Discount {
    user_id: String,
    #[graphql(name = "type")]
    kind: Option<DiscountType>,
    discount_factor: Option<f64>,
    expiration_date: Option<DateTime>,
}

impl Discount {
    fn read(store: &Store, row: &StoredDiscount) -> Self {
        Self {
            user_id: store.data.user_id.clone(),
            kind: Some(DiscountType::Serverless),
            discount_factor: Some(row.discount_factor),
            expiration_date: Some(DateTime(row.expiration_date.clone())),
        }
    }
}

#[derive(SimpleObject, Clone, Debug)]
pub(crate) struct SpendDetails {
    local_storage_per_hour: Option<f64>,
    network_storage_per_hour: Option<f64>,
    gpu_compute_per_hour: Option<f64>,
}

#[derive(SimpleObject, Clone, Debug)]
pub(crate) struct ContainerRegistryAuth {
    id: Option<String>,
    name: Option<String>,
    user_id: Option<String>,
    registry_auth: Option<String>,
}

impl ContainerRegistryAuth {
    /// What the API shows of a row.
    pub(crate) fn read(store: &Store, row: &StoredRegistryAuth) -> Self {
        Self {
            id: Some(row.id.clone()),
            name: Some(row.name.clone()),
            user_id: Some(store.data.user_id.clone()),
            registry_auth: None,
        }
    }
}

#[derive(SimpleObject, Clone, Debug)]
pub(crate) struct Secret {
    id: ID,
    name: String,
    description: Option<String>,
    created_at: DateTime,
    updated_at: Option<DateTime>,
}

impl From<&StoredSecret> for Secret {
    fn from(row: &StoredSecret) -> Self {
        Self {
            id: ID(row.id.clone()),
            name: row.name.clone(),
            description: row.description.clone(),
            created_at: DateTime(row.created_at.clone()),
            updated_at: row.updated_at.clone().map(DateTime),
        }
    }
}

/// The account behind a key.
pub(crate) struct User;

#[Object]
impl User {
    async fn id(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        look(ctx, |store| Some(store.data.user_id.clone()))
    }
    async fn email(&self) -> Option<String> {
        Some("you@example.com".into())
    }
    async fn auth_id(&self) -> Option<String> {
        Some("auth_emulator".into())
    }
    async fn client_balance(&self, ctx: &Context<'_>) -> Result<Option<f64>> {
        look(ctx, |store| Some(store.data.balance))
    }
    async fn current_spend_per_hr(&self) -> Option<f64> {
        Some(0.0)
    }
    async fn spend_limit(&self) -> Option<f64> {
        Some(80.0)
    }
    async fn spend_details(&self) -> Option<SpendDetails> {
        Some(SpendDetails {
            local_storage_per_hour: Some(0.0),
            network_storage_per_hour: Some(0.0),
            gpu_compute_per_hour: Some(0.0),
        })
    }
    async fn min_balance(&self) -> Option<f64> {
        Some(0.0)
    }
    async fn under_balance(&self, ctx: &Context<'_>) -> Result<Option<bool>> {
        look(ctx, |store| Some(store.data.balance < 0.01))
    }
    async fn max_serverless_concurrency(&self, ctx: &Context<'_>) -> Result<Option<i32>> {
        look(ctx, |store| Some(store.data.quota))
    }
    async fn notify_pods_stale(&self) -> Option<bool> {
        Some(true)
    }
    async fn notify_pods_general(&self) -> Option<bool> {
        Some(true)
    }
    async fn notify_low_balance(&self) -> Option<bool> {
        Some(true)
    }
    async fn pub_key(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        look(ctx, |store| Some(store.data.pub_key.clone()))
    }
    async fn endpoints(&self, ctx: &Context<'_>) -> Result<Vec<Option<Endpoint>>> {
        look(ctx, |store| {
            let rows = store.list_endpoints();
            rows.iter().map(|row| Some(Endpoint::read(store, row))).collect()
        })
    }
    async fn endpoint(&self, ctx: &Context<'_>, id: String) -> Option<Result<Endpoint>> {
        let found = look(ctx, |store| {
            if let Some(row) = store.find_endpoint(&id) {
                return Some(Ok(Endpoint::read(store, &row)));
            }
            match store.switches.unknown_endpoint {
                UnknownEndpoint::Null => None,
                UnknownEndpoint::Error => Some(Err(refused(store.unknown()))),
            }
        });
        found.unwrap_or_else(|error| Some(Err(error)))
    }
    async fn pod_templates(&self, ctx: &Context<'_>) -> Result<Option<Vec<Option<PodTemplate>>>> {
        look(ctx, |store| {
            let rows = store.list_templates();
            let rows = store.ordered(rows, false);
            Some(
                rows.iter()
                    .map(|row| Some(PodTemplate::read(store, row)))
                    .collect(),
            )
        })
    }
    async fn network_volumes(&self, ctx: &Context<'_>) -> Result<Option<Vec<Option<NetworkVolume>>>> {
        look(ctx, |store| {
            let rows = store.list_volumes();
            let rows = store.ordered(rows, false);
            Some(rows.iter().map(|row| Some(row.into())).collect())
        })
    }
    async fn container_registry_creds(
        &self,
        ctx: &Context<'_>,
    ) -> Result<Option<Vec<Option<ContainerRegistryAuth>>>> {
        look(ctx, |store| {
            let rows = store.data.registry_auths.iter();
            Some(
                rows.map(|row| Some(ContainerRegistryAuth::read(store, row)))
                    .collect(),
            )
        })
    }
    async fn secrets(&self, ctx: &Context<'_>) -> Result<Vec<Secret>> {
        look(ctx, |store| {
            let rows = store.list_secrets();
            store.ordered(rows, false).iter().map(Secret::from).collect()
        })
    }
    async fn pods(&self) -> Option<Vec<Option<Pod>>> {
        Some(Vec::new())
    }
    async fn datacenters(&self) -> Option<Vec<Option<DataCenter>>> {
        Some(DataCenter::all().into_iter().map(Some).collect())
    }
    async fn serverless_discount(&self, ctx: &Context<'_>) -> Result<Option<Discount>> {
        look(ctx, |store| {
            let row = store.data.discount.as_ref()?;
            Some(Discount::read(store, row))
        })
    }
}
