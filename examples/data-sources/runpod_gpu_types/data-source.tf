data "runpod_gpu_types" "serverless" {
  product = "SERVERLESS"
}

locals {
  # At least 24 GB for at most 1.50 USD an hour.
  affordable = [
    for gpu in data.runpod_gpu_types.serverless.gpu_types : gpu
    if gpu.pool != null && gpu.memory >= 24 && try(gpu.price_serverless <= 1.5, false)
  ]
}

output "pools" {
  value = distinct(local.affordable[*].pool)
}
