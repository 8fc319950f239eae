data "runpod_endpoint" "sdxl" {
  name = "sdxl"
}

output "sdxl_workers" {
  value = length(data.runpod_endpoint.sdxl.pods)
}
