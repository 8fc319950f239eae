import {
  to = runpod_registry.ghcr
  id = "cmqsgvkd1000gktxpenl2wvpk"
}
