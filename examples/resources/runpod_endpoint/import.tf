import {
  to = runpod_endpoint.sdxl
  id = "i02xupws21hp6i"
}
