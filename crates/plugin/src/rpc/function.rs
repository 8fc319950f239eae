//! The RPCs about functions. None of them takes a provider that is configured.

use tf_provider::Diagnostics;

use super::{Answer, Call, Service, known};
use crate::{
    Plugin, Registration, function,
    operation::operate,
    value::Raw,
    wire::{Function, call_function, get_functions},
};

/// All functions by name.
pub(super) fn functions(
    registration: &Registration,
    diags: &mut Diagnostics,
) -> std::collections::HashMap<String, Function> {
    let mut functions = std::collections::HashMap::new();
    for (name, registered) in &registration.functions {
        if let Some(schema) = registered.schema(diags) {
            function::check(diags, name, schema);
            functions.insert(name.clone(), function::to_wire(schema));
        }
    }
    functions
}

impl<P: Plugin> Call<P> for get_functions::Request {
    type Answer = get_functions::Response;

    async fn answer(self, service: &Service<P>, diags: &mut Diagnostics) -> Option<Self::Answer> {
        Some(get_functions::Response {
            functions: functions(service.registration(), diags),
            ..Default::default()
        })
    }
}

impl<P: Plugin> Call<P> for call_function::Request {
    type Answer = call_function::Response;

    fn type_name(&self) -> &str {
        &self.name
    }

    async fn answer(self, service: &Service<P>, diags: &mut Diagnostics) -> Option<Self::Answer> {
        let found = service.registration().functions.get(&self.name).cloned();
        let function = known(diags, "function", &self.name, found)?;
        // An argument that is null may come as nothing at all.
        let arguments = self.arguments.into_iter();
        let arguments = arguments.map(|argument| Raw::from(Some(argument))).collect();
        let outcome = operate(&service.lifecycle, move |diags| {
            Box::pin(async move { function.call(diags, arguments).await })
        });
        let result = outcome.await.required(diags)?;
        Some(call_function::Response {
            result: Some(Raw::Msgpack(result).into_wire()),
            error: None,
        })
    }
}

impl Answer for call_function::Response {
    /// There are no warnings here.
    fn report(&mut self, diags: Diagnostics) {
        self.error = function::to_error(diags);
    }
}
