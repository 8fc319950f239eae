list "runpod_endpoint" "load_balancers" {
  provider = runpod

  config {
    name_prefix = "prod-"
    type        = "LB"
  }
}
