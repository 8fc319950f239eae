data "runpod_template" "worker" {
  name = "worker"
}

output "image" {
  value = data.runpod_template.worker.image
}
