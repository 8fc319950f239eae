# A load balancer made from an image, without a template.
resource "runpod_endpoint" "api" {
  name    = "api"
  type    = "LB"
  image   = "runpod/serverless-hello-world:latest"
  disk    = 10
  ports   = ["5000/http"]
  gpu_ids = ["ADA_24"]

  env = {
    PORT        = "5000"
    PORT_HEALTH = "5000"
  }

  scaler_type  = "REQUEST_COUNT"
  scaler_value = 4
}

output "api_url" {
  value = runpod_endpoint.api.url
}
