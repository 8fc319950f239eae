action "runpod_endpoint_wait" "sdxl" {
  config {
    endpoint_id = runpod_endpoint.sdxl.id
    timeout     = "15m"
  }
}

# Every apply that makes or changes the endpoint ends only when it serves.
resource "runpod_endpoint" "sdxl" {
  name        = "sdxl"
  template_id = "xkhgg72fuo"
  gpu_ids     = ["AMPERE_16"]
  workers_min = 1

  lifecycle {
    action_trigger {
      events  = [after_create, after_update]
      actions = [action.runpod_endpoint_wait.sdxl]
    }
  }
}
