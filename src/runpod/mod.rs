//! The Runpod client. It can be read and used without knowing what Terraform is.
