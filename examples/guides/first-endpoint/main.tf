terraform {
  required_providers {
    runpod = {
      source = "terraform-runpod/runpod"
    }
  }
}

resource "runpod_endpoint" "hello" {
  name        = "hello"
  image       = "runpod/serverless-hello-world:latest"
  disk        = 5
  gpu_ids     = ["AMPERE_16", "AMPERE_24"]
  workers_max = 2
}

output "url" {
  value = "${runpod_endpoint.hello.url}/runsync"
}
