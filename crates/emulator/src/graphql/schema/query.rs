//! `Query`: the account behind the key, and the public catalogue (API facts 1.2, 1.7).

use async_graphql::{Context, InputObject, Object, Result};

use super::{
    catalogue::{CpuFlavor, CpuFlavorInput, CpuType, DataCenter, GpuType, GpuTypeFilter, ServerlessGpuPool},
    context::{look, unauthorized},
    endpoint::Pod,
    template::PodTemplate,
    user::User,
};
use crate::account::Caller;

#[derive(InputObject, Clone, Debug)]
pub(crate) struct PodTemplateInput {
    pub(crate) is_runpod: Option<bool>,
}

#[derive(InputObject, Clone, Debug)]
pub(crate) struct PodFilter {
    pub(crate) pod_id: String,
}

/// The query root.
pub(crate) struct Query;

#[Object]
impl Query {
    async fn myself(&self, ctx: &Context<'_>) -> Option<Result<User>> {
        match ctx.data::<Caller>() {
            Ok(Caller::Owner) => Some(Ok(User)),
            Ok(Caller::Nobody) => None,
            Ok(Caller::Restricted) | Err(_) => Some(Err(unauthorized())),
        }
    }
    async fn gpu_types(&self, input: Option<GpuTypeFilter>) -> Option<Vec<Option<GpuType>>> {
        Some(GpuType::list(input.as_ref()).into_iter().map(Some).collect())
    }
    async fn cpu_types(&self) -> Option<Vec<Option<CpuType>>> {
        Some(CpuType::list().into_iter().map(Some).collect())
    }
    async fn cpu_flavors(&self, input: Option<CpuFlavorInput>) -> Option<Vec<Option<CpuFlavor>>> {
        Some(CpuFlavor::list(input.as_ref()).into_iter().map(Some).collect())
    }
    async fn data_centers(&self) -> Option<Vec<Option<DataCenter>>> {
        Some(DataCenter::all().into_iter().map(Some).collect())
    }
    async fn serverless_gpu_pools(&self) -> Option<Vec<Option<ServerlessGpuPool>>> {
        Some(ServerlessGpuPool::list().into_iter().map(Some).collect())
    }
    async fn pod_templates(
        &self,
        ctx: &Context<'_>,
        input: Option<PodTemplateInput>,
    ) -> Result<Option<Vec<Option<PodTemplate>>>> {
        let wanted = input.and_then(|input| input.is_runpod);
        look(ctx, |store| {
            let public = store.data.templates.iter().filter(|row| row.is_public);
            let asked = public.filter(|row| wanted.is_none_or(|wanted| row.is_runpod == wanted));
            Some(asked.map(|row| Some(PodTemplate::read(store, row))).collect())
        })
    }
    async fn pod_template(&self, ctx: &Context<'_>, id: String) -> Result<Option<PodTemplate>> {
        let is_owner = *ctx.data::<Caller>()? == Caller::Owner;
        look(ctx, |store| {
            let row = store.template_lag.find(&store.data.templates, &id)?;
            (is_owner || row.is_public).then(|| PodTemplate::read(store, &row))
        })
    }
    async fn pod(&self, ctx: &Context<'_>, input: Option<PodFilter>) -> Option<Result<Pod>> {
        match ctx.data::<Caller>() {
            Ok(Caller::Owner) => {
                drop(input);
                None
            }
            _ => Some(Err(unauthorized())),
        }
    }
}
