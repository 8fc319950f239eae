# Creates, changes and destroys real endpoints: needs RUNPOD_API_KEY, and a template of the account.
variables {
  service = "module-test"
  environments = {
    staging = { template_id = "xkhgg72fuo" }
  }
}

run "create" {
  assert {
    condition     = runpod_endpoint.this["staging"].id != "" && runpod_endpoint.this["staging"].idle_timeout > 0
    error_message = "The endpoint must exist, with Runpod's own defaults."
  }
}

run "change_in_place" {
  variables {
    environments = {
      staging = { template_id = "xkhgg72fuo", workers_max = 2 }
    }
  }

  assert {
    condition     = output.ids == run.create.ids && runpod_endpoint.this["staging"].workers_max == 2
    error_message = "A change of workers_max must keep the endpoint."
  }
}
