//! `Mutation`: every write of the API (API facts 1.2). Those that return nothing answer `null`.

use async_graphql::{Context, Object, Result};

use crate::account::save::save_endpoint;
use crate::account::store::Refusal;
use crate::account::{delete, writes};
use crate::graphql::schema::change;
use crate::graphql::schema::endpoint::{Endpoint, NetworkVolume};
use crate::graphql::schema::inputs::{
    CreateNetworkVolumeInput, DeleteNetworkVolumeInput, EndpointInput, SaveRegistryAuthInput,
    SaveTemplateInput, SecretCreateInput, SecretDescriptionUpdateInput, SecretValueUpdateInput,
    UpdateEndpointTemplateInput, UpdateNetworkVolumeInput, UpdateRegistryAuthInput, UpdateUserSettingsInput,
};
use crate::graphql::schema::scalars::Void;
use crate::graphql::schema::template::PodTemplate;
use crate::graphql::schema::user::{ContainerRegistryAuth, Secret, User};

/// The mutation root.
pub(crate) struct Mutation;

fn required<T>(input: Option<T>) -> Result<T, Refusal> {
    input.ok_or_else(|| Refusal::new("input is required"))
}

#[Object]
impl Mutation {
    async fn save_endpoint(&self, ctx: &Context<'_>, input: EndpointInput) -> Result<Endpoint> {
        change(ctx, |store| {
            let row = save_endpoint(store, &input)?;
            Ok(Endpoint::read(store, &row))
        })
    }
    async fn delete_endpoint(&self, ctx: &Context<'_>, id: String) -> Option<Result<Void>> {
        Some(change(ctx, |store| delete::endpoint(store, &id)).map(|()| Void))
    }
    async fn update_endpoint_template(
        &self,
        ctx: &Context<'_>,
        input: Option<UpdateEndpointTemplateInput>,
    ) -> Option<Result<Endpoint>> {
        Some(change(ctx, |store| {
            let row = writes::switch_template(store, &required(input)?)?;
            Ok(Endpoint::read(store, &row))
        }))
    }
    async fn save_template(
        &self,
        ctx: &Context<'_>,
        input: Option<SaveTemplateInput>,
    ) -> Option<Result<PodTemplate>> {
        Some(change(ctx, |store| {
            let row = writes::save_template(store, &required(input)?)?;
            Ok(PodTemplate::from(&row))
        }))
    }
    async fn delete_template(
        &self,
        ctx: &Context<'_>,
        template_name: Option<String>,
    ) -> Option<Result<Void>> {
        Some(change(ctx, |store| delete::template(store, template_name.as_deref())).map(|()| Void))
    }
    async fn create_network_volume(
        &self,
        ctx: &Context<'_>,
        input: CreateNetworkVolumeInput,
    ) -> Result<NetworkVolume> {
        change(ctx, |store| {
            Ok(NetworkVolume::from(&writes::create_volume(store, &input)?))
        })
    }
    async fn update_network_volume(
        &self,
        ctx: &Context<'_>,
        input: UpdateNetworkVolumeInput,
    ) -> Result<NetworkVolume> {
        change(ctx, |store| {
            Ok(NetworkVolume::from(&writes::update_volume(store, &input)?))
        })
    }
    async fn delete_network_volume(
        &self,
        ctx: &Context<'_>,
        input: DeleteNetworkVolumeInput,
    ) -> Option<Result<Void>> {
        Some(change(ctx, |store| delete::volume(store, &input.id)).map(|()| Void))
    }
    async fn save_registry_auth(
        &self,
        ctx: &Context<'_>,
        input: Option<SaveRegistryAuthInput>,
    ) -> Option<Result<ContainerRegistryAuth>> {
        Some(change(ctx, |store| {
            Ok((&writes::save_registry_auth(store, required(input)?)?).into())
        }))
    }
    async fn update_registry_auth(
        &self,
        ctx: &Context<'_>,
        input: Option<UpdateRegistryAuthInput>,
    ) -> Option<Result<ContainerRegistryAuth>> {
        Some(change(ctx, |store| {
            Ok((&writes::update_registry_auth(store, required(input)?)?).into())
        }))
    }
    async fn delete_registry_auth(
        &self,
        ctx: &Context<'_>,
        registry_auth_id: Option<String>,
    ) -> Option<Result<Void>> {
        let id = registry_auth_id.unwrap_or_default();
        Some(change(ctx, |store| delete::registry_auth(store, &id)).map(|()| Void))
    }
    async fn secret_create(&self, ctx: &Context<'_>, input: SecretCreateInput) -> Option<Result<Secret>> {
        Some(change(ctx, |store| {
            Ok((&writes::create_secret(store, input)?).into())
        }))
    }
    async fn secret_value_update(
        &self,
        ctx: &Context<'_>,
        input: SecretValueUpdateInput,
    ) -> Option<Result<Secret>> {
        let write = |row: &mut crate::account::rows::StoredSecret| row.value = input.value;
        Some(change(ctx, |store| {
            Ok((&writes::update_secret(store, &input.id, write)?).into())
        }))
    }
    async fn secret_description_update(
        &self,
        ctx: &Context<'_>,
        input: SecretDescriptionUpdateInput,
    ) -> Option<Result<Secret>> {
        let write = |row: &mut crate::account::rows::StoredSecret| row.description = Some(input.description);
        Some(change(ctx, |store| {
            Ok((&writes::update_secret(store, &input.id, write)?).into())
        }))
    }
    async fn secret_delete(&self, ctx: &Context<'_>, id: async_graphql::ID) -> Option<Result<Void>> {
        Some(change(ctx, |store| delete::secret(store, &id)).map(|()| Void))
    }
    async fn update_user_settings(
        &self,
        ctx: &Context<'_>,
        input: Option<UpdateUserSettingsInput>,
    ) -> Option<Result<User>> {
        Some(change(ctx, |store| {
            if let Some(key) = required(input)?.pub_key {
                store.data.pub_key = key;
            }
            Ok(User)
        }))
    }
}
