terraform {
  required_providers {
    runpod = {
      source = "terraform-runpod/runpod"
    }
  }
}

resource "runpod_template" "hello" {
  name  = "hello"
  image = "runpod/serverless-hello-world:latest"
  disk  = 5
}

resource "runpod_endpoint" "hello" {
  name              = "hello"
  template_id       = runpod_template.hello.id
  template_revision = runpod_template.hello.revision
  gpu_ids           = ["AMPERE_16", "AMPERE_24"]
  workers_max       = 2
}

output "url" {
  value = "${runpod_endpoint.hello.url}/runsync"
}
