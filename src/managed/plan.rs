//! Plans: what is known of the state to come, and what a change of it replaces.

use tf_provider::{Diagnostics, value::Value};

use super::{
    attribute::{Attribute, Mode},
    connection::Connection,
    messages::{article, capitalised},
    noun::{Noun, Plan},
    private::PrivateState,
    value::{Attributes, Datum},
};

/// Plans a create: what is left out is the provider's default, or not known before the API decides.
pub async fn create<N: Noun>(
    diags: &mut Diagnostics,
    connection: &Connection,
    config: &Attributes,
    mut proposed: Attributes,
) -> Attributes {
    needs_rest::<N>(diags, connection);
    proposed.set("id", Value::Unknown);
    for row in N::table().iter().filter(|row| row.is_of_resource()) {
        match row.mode {
            _ if row.write_only => proposed.set(row.name, Value::Null),
            Mode::Computed => proposed.set(row.name, Value::Unknown),
            Mode::OptionalComputed if config.get(row.name).is_null() => {
                let default = row
                    .default
                    .map_or(Value::Unknown, |default| Value::Value(default()));
                proposed.set(row.name, default);
            }
            _ => {}
        }
    }
    let mut plan = Plan {
        connection,
        config,
        prior: None,
        planned: proposed,
        private: &PrivateState::default(),
        replace: Vec::new(),
    };
    N::plan(diags, &mut plan).await;
    check_anew::<N>(diags, &plan);
    plan.planned
}

/// Plans an update: what is left out keeps its value, and what is only spelled otherwise keeps its spelling. Answers the
/// attributes whose change replaces the object, too.
pub async fn update<N: Noun>(
    diags: &mut Diagnostics,
    connection: &Connection,
    config: &Attributes,
    prior: &Attributes,
    mut proposed: Attributes,
    private: &PrivateState,
) -> (Attributes, Vec<&'static str>) {
    needs_rest::<N>(diags, connection);
    for row in N::table().iter().filter(|row| row.is_of_resource()) {
        let (was, configured) = (prior.get(row.name), config.get(row.name));
        if row.write_only {
            proposed.set(row.name, Value::Null);
        } else if row.mode == Mode::OptionalComputed && configured.is_null() {
            if let Some(default) = row.default {
                proposed.set(row.name, Value::Value(default()));
            }
        } else if row.is_configurable()
            && was.is_value()
            && configured.is_value()
            && row.same(configured, was)
            && (row.spelling.taken_away(was, configured)).is_disjoint(&private.variables)
        {
            proposed.set(row.name, spelled(was, configured));
        }
    }
    let mut plan = Plan {
        connection,
        config,
        prior: Some(prior),
        planned: proposed,
        private,
        replace: Vec::new(),
    };
    N::plan(diags, &mut plan).await;
    check_anew::<N>(diags, &plan);
    let mut replace = plan.replace;
    // What the API does not tell is taken from the configuration after an import, or where another provider's state was
    // taken over: then it lacks what no state of this one lacks.
    let lacks =
        |row: &Attribute<N::Object, N::Write>| row.mode == Mode::Required && prior.get(row.name).is_null();
    let is_taken_over = private.imported || N::table().iter().any(lacks);
    for row in N::table().iter().filter(|row| row.is_configurable()) {
        let (was, wanted) = (prior.get(row.name), plan.planned.get(row.name));
        let is_taken = is_taken_over && was.is_null();
        let replaces = row.replaces && was != wanted && !row.same(was, wanted) && !is_taken;
        if replaces && !replace.contains(&row.name) {
            replace.push(row.name);
        }
    }
    (plan.planned, replace)
}

/// Checks what a configuration must not bring about, though Runpod may hold it.
fn check_anew<N: Noun>(diags: &mut Diagnostics, plan: &Plan<'_>) {
    for row in N::table() {
        if let (Some(check), Value::Value(datum)) = (row.anew, plan.config.get(row.name))
            && plan.is_configured_anew(row.name)
        {
            let prior = plan.prior.and_then(|prior| prior.get(row.name).as_ref_option());
            check(diags, &row.path(), datum, prior);
        }
    }
}

fn needs_rest<N: Noun>(diags: &mut Diagnostics, connection: &Connection) {
    if N::NEEDS_REST {
        connection.has_rest(diags, &capitalised(&article(N::NOUN)));
    }
}

/// Of two values that mean the same, the one that the plan has: the state's, but an empty collection where the
/// configuration has one, for Terraform takes it for another value than none.
fn spelled(was: &Value<Datum>, configured: &Value<Datum>) -> Value<Datum> {
    let is_empty =
        |value: &Value<Datum>| matches!(value, Value::Value(Datum::Many(items)) if items.is_empty());
    if is_empty(configured) { configured } else { was }.clone()
}
