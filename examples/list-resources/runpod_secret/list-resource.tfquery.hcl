list "runpod_secret" "all" {
  provider = runpod

  config {
    name_prefix = "prod-"
  }
}
