import {
  to = runpod_endpoint.sdxl
  identity = {
    id = "i02xupws21hp6i"
  }
}
