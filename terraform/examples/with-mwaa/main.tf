# Triggers of both Airflow types: mwaa_dag through MWAA's API, sqs_mwaa through a queue that the DAG event_dispatcher polls.
# sqs_mwaa_triggers.tf and iam_mwaa_sqs.tf are links to the files for the repository that owns MWAA. If that is another
# repository, copy them there, and pass the queue's URL as text.

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
  description = "Release that deploy.sh uploaded: ./deploy.sh --prefix=acme --account=sandbox --env=mwaa"
  type        = string
}

variable "mwaa_environment" {
  description = "Existing MWAA environment in which triggers of type mwaa_dag start DAG runs."
  type        = string
}

provider "aws" {
  region = "us-west-1"
}

module "orchestrator" {
  source = "../.."

  prefix       = "acme"
  account      = "sandbox"
  env          = "mwaa"
  region       = "us-west-1"
  code_version = var.code_version

  mwaa_trigger_queue_url = aws_sqs_queue.mwaa_triggers.url
  mwaa_environments      = [var.mwaa_environment]

  # Only Airflow is a target.
  queues         = [var.mwaa_trigger_queue_name]
  glue_jobs      = []
  state_machines = []
  event_buses    = []
}

output "job_events_topic_arn" {
  description = "Topic to which jobs publish."
  value       = module.orchestrator.topic_arns["job_events"]
}

output "smoke_test" {
  description = "Commands that check the deployment."
  value       = module.orchestrator.smoke_test
}
