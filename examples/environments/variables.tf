variable "service" {
  description = "Name of the service; the endpoints are named <service>-<environment>."
  type        = string
}

variable "environments" {
  description = "The environments, by name."
  type = map(object({
    template_id = string
    gpu_ids     = optional(list(string), ["AMPERE_16", "AMPERE_24"])
    gpu_count   = optional(number, 1)
    workers_min = optional(number, 0)
    workers_max = optional(number, 1)
    flashboot   = optional(string, "FLASHBOOT")
    locations   = optional(set(string))
  }))

  validation {
    condition     = alltrue([for name in keys(var.environments) : can(regex("^[a-z][a-z0-9]*$", name))])
    error_message = "An environment's name begins with a lower-case letter and has lower-case letters and digits only."
  }

  validation {
    condition = alltrue([
      for name, environment in var.environments : name == "production" || environment.workers_min == 0
    ])
    error_message = "Only production may keep workers running: they are billed without requests, too."
  }
}
