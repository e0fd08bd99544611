# One configuration for several environments of an account. Each environment has a separate state and a file of values:
#   terraform init -reconfigure -backend-config=test.s3.tfbackend
#   terraform apply -var-file=test.tfvars -var="code_version=0.3.0"

terraform {
  required_version = ">= 1.11" # use_lockfile in backend.tf

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
}

variable "env" {
  description = "Name of the environment, as in deploy.sh --env=."
  type        = string
}

variable "code_version" {
  description = "Release that deploy.sh uploaded for this environment."
  type        = string
}

variable "aws_account_id" {
  description = "Number of the account. Credentials of another account are refused."
  type        = string
}

variable "glue_jobs" {
  description = "Glue jobs that may start."
  type        = list(string)
}

variable "log_retention_days" {
  description = "Retention of logs in days."
  type        = number
}

provider "aws" {
  region = "us-west-1"

  default_tags {
    tags = { Owner = "data-platform" }
  }
}

module "orchestrator" {
  source = "../.."

  prefix         = "acme"
  account        = "sandbox"
  env            = var.env
  region         = "us-west-1"
  aws_account_id = var.aws_account_id
  code_version   = var.code_version

  glue_jobs          = var.glue_jobs
  log_retention_days = var.log_retention_days
}

output "job_events_topic_arn" {
  description = "Topic to which jobs publish."
  value       = module.orchestrator.topic_arns["job_events"]
}

output "smoke_test" {
  description = "Commands that check the deployment."
  value       = module.orchestrator.smoke_test
}
