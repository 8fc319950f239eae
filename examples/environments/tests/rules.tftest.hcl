# What the module makes of its input. Runs without an account: the provider is a mock.
mock_provider "runpod" {}

variables {
  service = "sdxl"
  environments = {
    staging    = { template_id = "xkhgg72fuo" }
    production = { template_id = "xkhgg72fuo", workers_min = 1, workers_max = 3, locations = ["EU-RO-1"] }
  }
}

run "one_endpoint_for_each_environment" {
  command = plan

  assert {
    condition     = { for name, endpoint in runpod_endpoint.this : name => endpoint.name } == { staging = "sdxl-staging", production = "sdxl-production" }
    error_message = "The endpoints must be named after service and environment."
  }

  assert {
    condition     = runpod_endpoint.this["staging"].workers_min == 0 && runpod_endpoint.this["staging"].workers_max == 1
    error_message = "An environment scales to zero, and up to one worker, unless it says otherwise."
  }
}

run "workers_that_always_run_are_for_production" {
  command = plan

  variables {
    environments = {
      staging = { template_id = "xkhgg72fuo", workers_min = 1 }
    }
  }

  expect_failures = [var.environments]
}
