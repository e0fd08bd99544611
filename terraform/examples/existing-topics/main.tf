# Topics that publishers use already. The stack subscribes to them and changes neither the topics nor their policies.

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
  description = "Release that deploy.sh uploaded: ./deploy.sh --prefix=acme --account=sandbox --env=existing"
  type        = string
}

variable "job_events_topic" {
  description = "Name of the publishers' topic of job events."
  type        = string
}

variable "job_approvals_topic" {
  description = "Name of the approvers' topic."
  type        = string
}

variable "alarm_topic_arn" {
  description = "Topic for alarms and failed executions; here a central topic, which another account owns. Empty: none."
  type        = string
  default     = ""
}

variable "permissions_boundary_arn" {
  description = "Policy that the account requires as the boundary of every role."
  type        = string
  default     = ""
}

provider "aws" {
  region = "us-west-1"
}

# The module needs the ARNs in the plan, so the topics exist before. For topics of another account, write the ARNs instead.
data "aws_sns_topic" "job_events" {
  name = var.job_events_topic
}

data "aws_sns_topic" "job_approvals" {
  name = var.job_approvals_topic
}

module "orchestrator" {
  source = "../.."

  prefix       = "acme"
  account      = "sandbox"
  env          = "existing"
  region       = "us-west-1"
  code_version = var.code_version

  job_events_topic_arn    = data.aws_sns_topic.job_events.arn
  job_approvals_topic_arn = data.aws_sns_topic.job_approvals.arn

  # EventBridge publishes to a topic of another account with a role, which the module then creates.
  alarm_topic_arn = var.alarm_topic_arn

  # An account with rules for roles, and events that must stay out of logs.
  permissions_boundary_arn = var.permissions_boundary_arn
  role_path                = "/data/"
  include_execution_data   = false
  log_level                = "WARNING"
}

output "topic_policy_statements" {
  description = "What the topics' policies must allow."
  value       = module.orchestrator.topic_policy_statements
}

output "receiver_policy_statements" {
  description = "What the policy of the alarm topic must allow."
  value       = module.orchestrator.receiver_policy_statements
}

output "smoke_test" {
  description = "Commands that check the deployment."
  value       = module.orchestrator.smoke_test
}
