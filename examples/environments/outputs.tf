output "ids" {
  description = "The endpoints' ids, by environment."
  value       = { for name, endpoint in runpod_endpoint.this : name => endpoint.id }
}

output "urls" {
  description = "Where to send requests, by environment."
  value       = { for name, endpoint in runpod_endpoint.this : name => "${endpoint.url}/run" }
}
