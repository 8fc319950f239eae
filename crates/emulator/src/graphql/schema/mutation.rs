//! `Mutation`: every write of the API (API facts 1.2). Those that return nothing answer `null`.

use async_graphql::{Context, Object, Result};

use super::{
    context::change,
    endpoint::{Endpoint, NetworkVolume},
    inputs::{
        CreateNetworkVolumeInput, DeleteNetworkVolumeInput, EndpointInput, SaveRegistryAuthInput,
        SaveTemplateInput, SecretCreateInput, SecretDescriptionUpdateInput, SecretValueUpdateInput,
        UpdateEndpointTemplateInput, UpdateNetworkVolumeInput, UpdateRegistryAuthInput,
        UpdateUserSettingsInput,
    },
    scalars::Void,
    template::PodTemplate,
    user::{ContainerRegistryAuth, Secret, User},
};
use crate::account::{
    delete, refusal::Refusal, registries, rows::StoredSecret, save::save_endpoint, secrets, templates,
    volumes,
};

/// The mutation root.
pub(crate) struct Mutation;

fn required<T>(input: Option<T>) -> Result<T, Refusal> {
    input.ok_or_else(|| Refusal::new("input is required"))
}

/// GraphQL's own bounds of a network volume in GB (API facts 2.9).
fn volume_size(size: i32) -> Result<i32, Refusal> {
    if (10..=4000).contains(&size) {
        return Ok(size);
    }
    Err(Refusal::new(format!(
        "A network volume has 10 to 4000 GB, not {size}"
    )))
}

#[Object]
impl Mutation {
    async fn save_endpoint(&self, ctx: &Context<'_>, input: EndpointInput) -> Result<Endpoint> {
        change(ctx, |store| {
            let row = save_endpoint(store, &input.into())?;
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
            let row = {
                let input = required(input)?;
                templates::switch_template(store, &input.endpoint_id, &input.template_id)?
            };
            Ok(Endpoint::read(store, &row))
        }))
    }
    async fn save_template(
        &self,
        ctx: &Context<'_>,
        input: Option<SaveTemplateInput>,
    ) -> Option<Result<PodTemplate>> {
        Some(change(ctx, |store| {
            let row = templates::save_template(store, required(input)?.into())?;
            Ok(PodTemplate::read(store, &row))
        }))
    }
    async fn delete_template(
        &self,
        ctx: &Context<'_>,
        template_name: Option<String>,
    ) -> Option<Result<Void>> {
        Some(
            change(ctx, |store| {
                templates::delete_by_name(store, template_name.as_deref())
            })
            .map(|()| Void),
        )
    }
    async fn create_network_volume(
        &self,
        ctx: &Context<'_>,
        input: CreateNetworkVolumeInput,
    ) -> Result<NetworkVolume> {
        change(ctx, |store| {
            let name = input.name.unwrap_or_default();
            let size = volume_size(input.size.unwrap_or(10))?;
            let row = volumes::create(store, name, size, input.data_center_id, None)?;
            Ok(NetworkVolume::from(&row))
        })
    }
    async fn update_network_volume(
        &self,
        ctx: &Context<'_>,
        input: UpdateNetworkVolumeInput,
    ) -> Result<NetworkVolume> {
        change(ctx, |store| {
            let row = volumes::update(
                store,
                &input.id,
                input.name,
                input.size.map(volume_size).transpose()?,
            )?;
            Ok(NetworkVolume::from(&row))
        })
    }
    async fn delete_network_volume(
        &self,
        ctx: &Context<'_>,
        input: DeleteNetworkVolumeInput,
    ) -> Option<Result<Void>> {
        Some(change(ctx, |store| volumes::delete(store, &input.id)).map(|()| Void))
    }
    async fn save_registry_auth(
        &self,
        ctx: &Context<'_>,
        input: Option<SaveRegistryAuthInput>,
    ) -> Option<Result<ContainerRegistryAuth>> {
        Some(change(ctx, |store| {
            let input = required(input)?;
            let row = registries::create(store, input.name, input.username, input.password, false)?;
            Ok(ContainerRegistryAuth::read(store, &row))
        }))
    }
    async fn update_registry_auth(
        &self,
        ctx: &Context<'_>,
        input: Option<UpdateRegistryAuthInput>,
    ) -> Option<Result<ContainerRegistryAuth>> {
        Some(change(ctx, |store| {
            let input = required(input)?;
            let row = registries::update(store, &input.id, input.username, input.password)?;
            Ok(ContainerRegistryAuth::read(store, &row))
        }))
    }
    async fn delete_registry_auth(
        &self,
        ctx: &Context<'_>,
        registry_auth_id: Option<String>,
    ) -> Option<Result<Void>> {
        let id = registry_auth_id.unwrap_or_default();
        Some(change(ctx, |store| registries::delete(store, &id)).map(|()| Void))
    }
    async fn secret_create(&self, ctx: &Context<'_>, input: SecretCreateInput) -> Option<Result<Secret>> {
        Some(change(ctx, |store| {
            let row = secrets::create(store, input.name, input.value, input.description)?;
            Ok((&row).into())
        }))
    }
    async fn secret_value_update(
        &self,
        ctx: &Context<'_>,
        input: SecretValueUpdateInput,
    ) -> Option<Result<Secret>> {
        let write = |row: &mut StoredSecret| secrets::rotate(row, input.value);
        Some(change(ctx, |store| {
            Ok((&secrets::update(store, &input.id, write)?).into())
        }))
    }
    async fn secret_description_update(
        &self,
        ctx: &Context<'_>,
        input: SecretDescriptionUpdateInput,
    ) -> Option<Result<Secret>> {
        let write = |row: &mut StoredSecret| row.description = Some(input.description);
        Some(change(ctx, |store| {
            Ok((&secrets::update(store, &input.id, write)?).into())
        }))
    }
    async fn secret_delete(&self, ctx: &Context<'_>, id: async_graphql::ID) -> Option<Result<Void>> {
        Some(change(ctx, |store| secrets::delete(store, &id)).map(|()| Void))
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
