//! The documents that the client sends, checked against `schema.graphql` at compile time.

use super::{
    input::EndpointInput,
    saved::{Row, Saved},
    scalar::{DateTime, DiscountType, PodStatus},
    schema,
};

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Query", schema_module = "schema")]
pub struct Endpoints {
    pub myself: Option<UserEndpoints>,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "User", schema_module = "schema")]
pub struct UserEndpoints {
    pub id: Option<String>,
    pub endpoints: Vec<Option<Row>>,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Query", schema_module = "schema")]
pub struct Owner {
    pub myself: Option<UserId>,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "User", schema_module = "schema")]
pub struct UserId {
    pub id: Option<String>,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Query", schema_module = "schema")]
pub struct ServerlessDiscount {
    pub myself: Option<UserDiscount>,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "User", schema_module = "schema")]
pub struct UserDiscount {
    pub serverless_discount: Option<Discount>,
}

#[derive(cynic::QueryFragment)]
#[cynic(schema_module = "schema")]
pub struct Discount {
    pub discount_factor: Option<f64>,
    #[cynic(rename = "type")]
    pub kind: Option<DiscountType>,
    pub expiration_date: Option<DateTime>,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Query", schema_module = "schema")]
pub struct AllPods {
    pub myself: Option<UserPods>,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "User", schema_module = "schema")]
pub struct UserPods {
    pub endpoints: Vec<Option<EndpointPods>>,
}

#[derive(cynic::QueryFragment)]
#[cynic(
    graphql_type = "Query",
    variables = "ReadEndpointVariables",
    schema_module = "schema"
)]
pub struct OnePods {
    pub myself: Option<UserEndpointPods>,
}

#[derive(cynic::QueryFragment)]
#[cynic(
    graphql_type = "User",
    variables = "ReadEndpointVariables",
    schema_module = "schema"
)]
pub struct UserEndpointPods {
    #[arguments(id: $id)]
    pub endpoint: Option<EndpointPods>,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Endpoint", schema_module = "schema")]
pub struct EndpointPods {
    pub id: Option<String>,
    pub pods: Option<Vec<Option<Pod>>>,
}

#[derive(Clone, Debug, PartialEq, Eq, cynic::QueryFragment)]
#[cynic(schema_module = "schema")]
pub struct Pod {
    pub desired_status: Option<PodStatus>,
}

#[derive(cynic::QueryVariables)]
#[cynic(schema_module = "schema")]
pub struct ReadEndpointVariables {
    pub id: String,
}

#[derive(cynic::QueryFragment)]
#[cynic(
    graphql_type = "Query",
    variables = "ReadEndpointVariables",
    schema_module = "schema"
)]
pub struct ReadEndpoint {
    pub myself: Option<UserEndpoint>,
}

#[derive(cynic::QueryFragment)]
#[cynic(
    graphql_type = "User",
    variables = "ReadEndpointVariables",
    schema_module = "schema"
)]
pub struct UserEndpoint {
    #[arguments(id: $id)]
    pub endpoint: Option<Saved>,
}

#[derive(cynic::QueryVariables)]
#[cynic(schema_module = "schema")]
pub struct SaveEndpointVariables {
    pub input: EndpointInput,
}

#[derive(cynic::QueryFragment)]
#[cynic(
    graphql_type = "Mutation",
    variables = "SaveEndpointVariables",
    schema_module = "schema"
)]
pub struct SaveEndpoint {
    #[arguments(input: $input)]
    pub save_endpoint: Row,
}

#[derive(cynic::InputObject)]
#[cynic(schema_module = "schema")]
pub struct UpdateEndpointTemplateInput {
    pub endpoint_id: String,
    pub template_id: String,
}

#[derive(cynic::QueryVariables)]
#[cynic(schema_module = "schema")]
pub struct UpdateEndpointTemplateVariables {
    pub input: UpdateEndpointTemplateInput,
}

#[derive(cynic::QueryFragment)]
#[cynic(
    graphql_type = "Mutation",
    variables = "UpdateEndpointTemplateVariables",
    schema_module = "schema"
)]
pub struct UpdateEndpointTemplate {
    #[arguments(input: $input)]
    pub update_endpoint_template: Option<Switched>,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Endpoint", schema_module = "schema")]
#[allow(dead_code)]
pub struct Switched {
    pub id: Option<String>,
    pub template_id: Option<String>,
}

/// A scalar that is always null.
#[derive(cynic::Scalar)]
#[cynic(schema_module = "schema")]
pub struct Void(#[allow(dead_code)] pub serde_json::Value);

#[derive(cynic::QueryVariables)]
#[cynic(schema_module = "schema")]
pub struct DeleteEndpointVariables {
    pub id: String,
}

#[derive(cynic::QueryFragment)]
#[cynic(
    graphql_type = "Mutation",
    variables = "DeleteEndpointVariables",
    schema_module = "schema"
)]
#[allow(dead_code)]
pub struct DeleteEndpoint {
    #[arguments(id: $id)]
    pub delete_endpoint: Option<Void>,
}
