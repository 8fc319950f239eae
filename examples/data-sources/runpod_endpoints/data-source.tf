data "runpod_endpoints" "all" {}

output "endpoint_ids_by_name" {
  value = { for endpoint in data.runpod_endpoints.all.endpoints : endpoint.name => endpoint.id... }
}

output "most_workers" {
  value = sum([for endpoint in data.runpod_endpoints.all.endpoints : endpoint.workers_max])
}
