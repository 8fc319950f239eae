list "runpod_registry" "all" {
  provider = runpod

  config {
    name_prefix = "prod-"
  }
}
