# What is deployed, and where. The defaults are the specification's example.

variable "prefix" {
  description = "What every name begins with, and the code bucket's name: {prefix}-{account}-{env}-code-{region}."
  type        = string
  default     = "sfly-aws-dwh"

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]*$", var.prefix))
    error_message = "prefix: expected lower-case letters, digits and hyphens: it becomes part of bucket names."
  }
}

variable "account" {
  description = "Name of the account, as in deploy.sh --account=; not its number."
  type        = string
  default     = "sandbox"

  validation {
    condition     = can(regex("^[a-z0-9-]+$", var.account))
    error_message = "account: expected lower-case letters, digits and hyphens."
  }
}

variable "env" {
  description = "Name of the environment, as in deploy.sh --env=."
  type        = string
  default     = "jc"

  validation {
    condition     = can(regex("^[a-z0-9-]+$", var.env))
    error_message = "env: expected lower-case letters, digits and hyphens."
  }

  validation {
    condition     = length("${var.prefix}-${var.account}-${var.env}-orchestrator-failures-${var.region}") <= 63
    error_message = "prefix, account, env: together too long for the failure bucket's name, {prefix}-{account}-{env}-orchestrator-failures-{region}, which may have 63 characters."
  }
}

variable "region" {
  description = "AWS region of everything but MWAA environments, which name their own."
  type        = string
  default     = "us-west-1"
}

variable "code_version" {
  description = "The released version to run, as deploy.sh uploaded it under code/{version}/. An older one rolls back."
  type        = string

  validation {
    condition     = can(regex("^[0-9A-Za-z][0-9A-Za-z._-]*$", var.code_version))
    error_message = "code_version: expected a version such as 0.3.0."
  }
}

variable "tags" {
  description = "Tags of every resource, beside Application, Account and Environment."
  type        = map(string)
  default     = {}
}

# The configuration

variable "workflow_config_s3_uri" {
  description = "Where the router reads the configuration: s3://bucket/key. Empty: code/{code_version}/orchestration/workflow_config.json in the code bucket."
  type        = string
  default     = ""

  validation {
    condition     = var.workflow_config_s3_uri == "" || can(regex("^s3://[a-z0-9.-]{3,63}/.+$", var.workflow_config_s3_uri))
    error_message = "workflow_config_s3_uri: expected s3://bucket/key, or nothing."
  }
}

variable "workflow_config_fallback" {
  description = "A small configuration (JSON text) for the SSM parameter that the router falls back to when S3 is unavailable. Empty: no parameter is made, and events wait in the failure destination instead."
  type        = string
  default     = ""

  validation {
    condition     = var.workflow_config_fallback == "" || length(try(jsondecode(var.workflow_config_fallback).workflows, {})) > 0
    error_message = "workflow_config_fallback: expected a JSON object with at least one workflow, or nothing."
  }

  validation {
    condition     = length(var.workflow_config_fallback) <= 8192
    error_message = "workflow_config_fallback: more than 8 KB, an SSM parameter's limit; leave it empty."
  }
}

variable "mwaa_trigger_queue_url" {
  description = "Queue that the event_dispatcher DAG polls, for sqs_mwaa triggers that name none."
  type        = string
  default     = ""

  validation {
    condition     = var.mwaa_trigger_queue_url == "" || can(regex("^https?://[^/]+/[0-9]+/[A-Za-z0-9_-]{1,80}$", var.mwaa_trigger_queue_url))
    error_message = "mwaa_trigger_queue_url: expected the URL of a standard SQS queue, or nothing."
  }
}

# Who may start it

variable "filter_policy_scope" {
  description = "Whether the topics' subscriptions filter on the message's body or on its attributes."
  type        = string
  default     = "MessageBody"

  validation {
    condition     = contains(["MessageBody", "MessageAttributes"], var.filter_policy_scope)
    error_message = "filter_policy_scope: expected MessageBody or MessageAttributes."
  }
}

variable "event_publishers" {
  description = "ARNs of principals of other accounts that may publish job events. This account's principals need no entry: their own policies allow it."
  type        = list(string)
  default     = []
}

variable "approval_publishers" {
  description = "ARNs of principals of other accounts that may publish approvals."
  type        = list(string)
  default     = []
}

# What it may start: IAM is narrowed to these. "*" is any of this account and region, never any of AWS.

variable "glue_jobs" {
  description = "Names of the Glue jobs that may be started; wildcards are taken."
  type        = list(string)
  default     = ["*"]
}

variable "state_machines" {
  description = "Names of the state machines of which executions may be started; wildcards are taken."
  type        = list(string)
  default     = ["*"]
}

variable "event_buses" {
  description = "Names of the event buses that events may be put on, or ARNs of buses of other accounts; wildcards are taken."
  type        = list(string)
  default     = ["*"]
}

variable "queues" {
  description = "Names of the SQS queues that messages may be sent to, or ARNs of queues of other accounts; wildcards are taken."
  type        = list(string)
  default     = ["*"]
}

variable "mwaa_environments" {
  description = "MWAA environments in which DAG runs may be started: NAME in this region, or REGION/NAME; wildcards are taken in NAME."
  type        = list(string)
  default     = ["*"]

  validation {
    condition     = alltrue([for one in var.mwaa_environments : can(regex("^([a-z]{2}(-[a-z]+)+-[0-9]/)?[A-Za-z0-9*?_.-]+$", one))])
    error_message = "mwaa_environments: expected NAME or REGION/NAME, such as dwh-airflow or us-west-2/dwh-airflow."
  }
}

variable "airflow_role" {
  description = "Airflow role with which DAG runs are started through MWAA's InvokeRestApi."
  type        = string
  default     = "User"

  validation {
    condition     = contains(["Admin", "Op", "User"], var.airflow_role)
    error_message = "airflow_role: expected Admin, Op or User: Viewer and Public may start nothing."
  }
}

# How it is kept

variable "kms_key_arn" {
  description = "Customer managed key for topics, dead-letter queue, failure bucket, log groups, functions' variables and state machine. Empty: AWS's own keys. Its policy must let services, roles and publishers in before the first apply: terraform plan shows what, as output kms_key_policy_statements."
  type        = string
  default     = ""

  validation {
    condition     = var.kms_key_arn == "" || can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/.+$", var.kms_key_arn))
    error_message = "kms_key_arn: expected the ARN of a KMS key (arn:aws:kms:REGION:ACCOUNT:key/ID; no alias), or nothing."
  }
}

variable "former_kms_key_arns" {
  description = "Keys that kms_key_arn named before: what was written under them stays readable. Leave one out when no execution of its time runs, and no failure of its time is kept."
  type        = list(string)
  default     = []
}

variable "config_kms_key_arn" {
  description = "Key of the code bucket's objects, where they are encrypted with a customer managed key."
  type        = string
  default     = ""
}

variable "target_kms_key_arns" {
  description = "Customer managed keys of the queues that messages are sent to."
  type        = list(string)
  default     = []
}

variable "log_retention_days" {
  description = "Days for which logs are kept."
  type        = number
  default     = 365
}

variable "log_level" {
  description = "LOG_LEVEL of the router. At WARNING neither what was started nor an event's own text is in its log; alarms need WARNING."
  type        = string
  default     = "INFO"

  validation {
    condition     = contains(["DEBUG", "INFO", "WARNING"], var.log_level)
    error_message = "log_level: expected DEBUG, INFO or WARNING: alarms read the router's warnings."
  }
}

variable "router_reserved_concurrency" {
  description = "Reserved concurrency of the router; -1 for none. Throttled events wait up to six hours in Lambda's queue, then in the failure destination."
  type        = number
  default     = -1
}

# Who is told

variable "alarm_topic_arn" {
  description = "SNS topic that alarms and their ends are sent to. Empty: alarms are there and tell nobody."
  type        = string
  default     = ""

  validation {
    condition     = var.alarm_topic_arn == "" || can(regex("^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_.-]+$", var.alarm_topic_arn))
    error_message = "alarm_topic_arn: expected the ARN of an SNS topic, or nothing."
  }
}
