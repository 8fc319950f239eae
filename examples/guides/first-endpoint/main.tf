terraform {
  required_providers {
    runpod = {
      source = "terraform-runpod/runpod"
    }
  }
}

resource "runpod_endpoint" "hello" {
  name        = "hello"
  template_id = "xkhgg72fuo"
  gpu_ids     = ["AMPERE_16", "AMPERE_24"]
  workers_max = 2
}

output "url" {
  value = "https://api.runpod.ai/v2/${runpod_endpoint.hello.id}/runsync"
}
