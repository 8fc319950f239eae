# An endpoint made from an image: no template, nothing from the console.
resource "runpod_endpoint" "hello" {
  name        = "hello"
  image       = "runpod/serverless-hello-world:latest"
  disk        = 5
  gpu_ids     = ["AMPERE_16"]
  workers_max = 1

  env = {
    GREETING = "hello"
  }
}
