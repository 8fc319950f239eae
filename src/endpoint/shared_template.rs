//! A template row that several endpoints hang on: a write over REST v2 would rewrite it for all of them.
//!
//! REST v2 keeps an endpoint's container in a template row. For an endpoint that GraphQL made, that row is the template
//! it is linked to, which others may share, and a write of the container or of another template may rewrite it
//! (V2 3.3, 8.3). GraphQL alone shows whose row it is; once it has ended, nobody can tell.

use runpod::{Api, Call, Error};
use tf_provider::{AttributePath, Diagnostics};

use crate::{
    container::CONTAINER,
    managed::{
        connection::{Client, Connection},
        diagnostic::{error_at, warn_at},
        timeouts::READ_LIMIT,
        value::Attributes,
    },
};

/// The attribute that makes a change of the template an update of the endpoint.
const REVISION: &str = "template_revision";

/// The attribute whose change writes the container, if one does.
fn written(prior: &Attributes, planned: &Attributes) -> Option<&'static str> {
    let names = ["image", "template_id", REVISION].into_iter().chain(CONTAINER);
    let mut changed = names.filter(|name| planned.has(name) || prior.has(name) && planned.has("image"));
    changed.find(|name| prior.get(name) != planned.get(name) && !planned.get(name).is_unknown())
}

/// Refuses at plan what [`guard`] would refuse at apply.
pub async fn check(
    diags: &mut Diagnostics,
    client: &Client,
    connection: &Connection,
    prior: &Attributes,
    planned: &Attributes,
) {
    let call = Call::within(READ_LIMIT, connection.stop().token());
    guard(diags, client, &call, prior, planned).await;
    if super::api(client, planned) == Api::GraphQl {
        copied(diags, client, &call, prior, planned).await;
    }
}

/// Warns of a revision that GraphQL only records, where the endpoint runs the copy of the template that REST v2 made and
/// so does not follow it.
async fn copied(
    diags: &mut Diagnostics,
    client: &Client,
    call: &Call,
    prior: &Attributes,
    planned: &Attributes,
) {
    let template = planned.text("template_id");
    let is_revised = template == prior.text("template_id")
        && planned.has(REVISION)
        && planned.get(REVISION) != prior.get(REVISION);
    let (true, Some(id)) = (is_revised, prior.text("id")) else {
        return;
    };
    if let Ok(Some(row)) = behind(client, call, id).await
        && row.is_own
        && template != Some(&row.id)
    {
        let detail = "This endpoint was made over REST v2 and runs a copy of the template, which does not follow it; over \
                      GraphQL a change of template_revision is only recorded. Apply it with api = \"rest\" in the provider \
                      block (or RUNPOD_API=rest), which applies the template anew.";
        warn_at(
            diags,
            AttributePath::new(REVISION),
            "The template is not applied",
            detail,
        );
    }
}

/// Refuses a write of the container over REST v2 while GraphQL shows the row behind it to be shared, or not the
/// endpoint's own; warns where that cannot be known, and of a change of the name, which renames the row. Answers whether
/// a template need not be applied, since the row behind the endpoint is that template, which it follows by itself.
pub async fn guard(
    diags: &mut Diagnostics,
    client: &Client,
    call: &Call,
    prior: &Attributes,
    planned: &Attributes,
) -> bool {
    if super::api(client, planned) != Api::Rest {
        return false;
    }
    let container = written(prior, planned);
    let renames = prior.get("name") != planned.get("name");
    let (Some(attribute), Some(id)) = (container.or(renames.then_some("name")), prior.text("id")) else {
        return false;
    };
    let path = AttributePath::new(attribute);
    let Ok(row) = behind(client, call, id).await else {
        let detail = format!(
            "Whether other endpoints share the template behind this one cannot be known, since GraphQL, which alone tells, \
             does not answer. If they do, the change of {attribute} reaches them as well."
        );
        warn_at(diags, path, "Other endpoints may be changed, too", detail);
        return false;
    };
    let Some(row) = row else { return false };
    if row.is_own && row.others.is_empty() {
        let is_that_of_the_state = prior.text("template_id") == Some(&row.id);
        if is_that_of_the_state && container.is_some() && attribute != REVISION {
            let detail = format!(
                "The template {} is bound to this endpoint, and a write of {attribute} over REST v2 rewrites it. If Terraform \
                 manages the template, too, take it out of the configuration and of the state (terraform state rm), or the two \
                 change it in turns.",
                row.id
            );
            warn_at(diags, path, "The template is rewritten, too", detail);
        }
        return false;
    }
    let is_followed = attribute == REVISION && planned.text("template_id") == Some(&row.id);
    let sharers = if row.others.is_empty() {
        "is a template of the account and not this endpoint's own".to_owned()
    } else {
        format!("is shared with the endpoints {}", row.others.join(", "))
    };
    if container.is_none() || is_followed && renames {
        let path = AttributePath::new("name");
        let detail = format!(
            "The template behind this endpoint ({}) {sharers}. REST v2 renames it along with the endpoint.",
            row.id
        );
        warn_at(diags, path, "The template is renamed, too", detail);
    }
    if container.is_none() || is_followed {
        return is_followed;
    }
    let instead = if attribute == "template_id" {
        "Switch it over GraphQL, where a template is a link: set api to \"auto\" or \"graphql\" in the provider block (or \
         RUNPOD_API) and apply."
    } else {
        "Give the endpoint a template of its own first, one that GraphQL shows to be bound to it."
    };
    let detail = format!(
        "The template behind this endpoint ({}) {sharers}, and a write of {attribute} over REST v2 would rewrite it, for \
         everything that uses it. {instead} Or replace the endpoint: terraform taint <address>, then apply (-replace plans \
         the change in place first, which is refused).",
        row.id
    );
    error_at(diags, path, "The endpoint's template is not its own", detail);
    false
}

/// The template row behind an endpoint, as GraphQL shows it.
struct TemplateRow {
    id: String,
    /// Whether it is bound to this endpoint.
    is_own: bool,
    /// The other endpoints that hang on it.
    others: Vec<String>,
}

/// The row behind an endpoint; none where GraphQL shows no such endpoint or no template of it.
async fn behind(client: &Client, call: &Call, id: &str) -> Result<Option<TemplateRow>, Error> {
    let endpoints = client.runpod.endpoints(Api::GraphQl);
    let listing = endpoints.list(call).await?;
    let endpoint = match listing.by_id(id) {
        Some(endpoint) => Some(endpoint.clone()),
        None => endpoints.find(call, id).await?,
    };
    let Some((endpoint, template)) = endpoint.and_then(|endpoint| {
        let template = endpoint.template_id.clone()?;
        Some((endpoint, template))
    }) else {
        return Ok(None);
    };
    let others = listing.objects.iter();
    let others = others.filter(|other| other.id != id && other.template_id.as_ref() == Some(&template));
    Ok(Some(TemplateRow {
        is_own: endpoint.template_is_own,
        others: others
            .map(|other| format!("{:?} ({})", other.name, other.id))
            .collect(),
        id: template,
    }))
}
