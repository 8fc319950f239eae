list "runpod_template" "all" {
  provider = runpod

  config {
    name_prefix = "prod-"
  }
}
