# Run it by hand: terraform apply -invoke=action.runpod_endpoint_purge_queue.sdxl
action "runpod_endpoint_purge_queue" "sdxl" {
  config {
    endpoint_id = "i02xupws21hp6i"
  }
}
