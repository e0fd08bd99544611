# The smallest deployment: new topics, and every target of this account and region allowed.

terraform {
  required_version = ">= 1.9"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
}

variable "code_version" {
  description = "Release that deploy.sh uploaded: ./deploy.sh --prefix=acme --account=sandbox --env=minimal"
  type        = string
}

provider "aws" {
  region = "us-west-1"
}

module "orchestrator" {
  # Outside of a checkout: source = "git::https://HOST/PATH.git//terraform?ref=v0.3.0"
  source = "../.."

  prefix       = "acme"
  account      = "sandbox"
  env          = "minimal"
  region       = "us-west-1"
  code_version = var.code_version
}

output "job_events_topic_arn" {
  description = "Topic to which jobs publish."
  value       = module.orchestrator.topic_arns["job_events"]
}

output "smoke_test" {
  description = "Commands that check the deployment."
  value       = module.orchestrator.smoke_test
}
