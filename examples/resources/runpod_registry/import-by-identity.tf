import {
  to = runpod_registry.ghcr
  identity = {
    id = "cmqsgvkd1000gktxpenl2wvpk"
  }
}
