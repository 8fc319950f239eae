import {
  to = runpod_network_volume.models
  id = "86f7bj3hfm"
}
