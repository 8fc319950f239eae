# https://api.runpod.ai/v2/i02xupws21hp6i
output "queue" {
  value = provider::runpod::endpoint_url("i02xupws21hp6i", "QB")
}

# https://i02xupws21hp6i.api.runpod.ai
output "load_balancer" {
  value = provider::runpod::endpoint_url("i02xupws21hp6i", "LB")
}
