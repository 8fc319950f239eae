import {
  to = runpod_network_volume.models
  identity = {
    id = "86f7bj3hfm"
  }
}
