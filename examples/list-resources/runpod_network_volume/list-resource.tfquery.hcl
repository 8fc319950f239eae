list "runpod_network_volume" "all" {
  provider = runpod

  config {
    name_prefix = "prod-"
  }
}
