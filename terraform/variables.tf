# The release and its place. The defaults are the specification's example.

variable "prefix" {
  description = "Prefix of all resource names and of the code bucket, {prefix}-{account}-{env}-code-{region}."
  type        = string
  default     = "sfly-aws-dwh"

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]*$", var.prefix))
    error_message = "prefix: expected lower-case letters, digits and hyphens, because it is part of bucket names."
  }
}

variable "account" {
  description = "Name of the account, as in deploy.sh --account=. Not the account number."
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

  # docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
  validation {
    condition     = length("${var.prefix}-${var.account}-${var.env}-downstream-orchestrator") <= 64
    error_message = "prefix, account, env: together ${length("${var.prefix}-${var.account}-${var.env}")} characters, too long for the function {prefix}-{account}-{env}-downstream-orchestrator: a function's name may have 64. Shorten them to 40."
  }

  # docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
  validation {
    condition     = length("${var.prefix}-${var.account}-${var.env}-orchestrator-mwaa-dag-${var.region}") <= 64
    error_message = "prefix, account, env: together ${length("${var.prefix}-${var.account}-${var.env}")} characters, too long for the role {prefix}-{account}-{env}-orchestrator-mwaa-dag-{region}: a role's name may have 64. Shorten them to ${64 - length("-orchestrator-mwaa-dag-${var.region}")}."
  }

  # docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
  validation {
    condition     = length("${var.prefix}-${var.account}-${var.env}-orchestrator-failures-${var.region}") <= 63
    error_message = "prefix, account, env: together ${length("${var.prefix}-${var.account}-${var.env}")} characters, too long for the failure bucket {prefix}-{account}-{env}-orchestrator-failures-{region}: a bucket's name may have 63. Shorten them to ${63 - length("-orchestrator-failures-${var.region}")}."
  }

  # docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html. A rule for a topic or state machine ends in a digest of 8.
  validation {
    condition     = length(var.notify_topics) + length(var.completion_events.state_machines) == 0 || length("${var.prefix}-${var.account}-${var.env}-downstream-orchestrator-failed-00000000") <= 64
    error_message = "prefix, account, env: together ${length("${var.prefix}-${var.account}-${var.env}")} characters, too long for the rules {prefix}-{account}-{env}-downstream-orchestrator-failed-{digest} of notify_topics and completion_events: a rule's name may have 64. Shorten them to 24, or leave notify_topics and completion_events.state_machines empty."
  }

  validation {
    condition     = length(var.completion_events.glue_jobs) == 0 || length("${var.prefix}-${var.account}-${var.env}-downstream-orchestrator-glue-jobs") <= 64
    error_message = "prefix, account, env: together ${length("${var.prefix}-${var.account}-${var.env}")} characters, too long for the rule {prefix}-{account}-{env}-downstream-orchestrator-glue-jobs of completion_events: a rule's name may have 64. Shorten them to 30, or leave completion_events.glue_jobs empty."
  }
}

variable "region" {
  description = "AWS region of all resources, which must be the provider's (AWS_REGION). MWAA environments may be in other regions."
  type        = string
  default     = "us-west-1"

  validation {
    condition     = can(regex("^${local.region_pattern}$", var.region))
    error_message = "region: expected an AWS region, such as us-west-1 or eusc-de-east-1."
  }
}

variable "aws_account_id" {
  description = "Number of the AWS account. Terraform refuses credentials of another account. Empty: any account. The plan needs it if the module's call has depends_on and sets a topic's ARN."
  type        = string
  default     = ""

  validation {
    condition     = var.aws_account_id == "" || can(regex("^[0-9]{12}$", var.aws_account_id))
    error_message = "aws_account_id: expected the 12 digits of an AWS account, or an empty string."
  }
}

variable "code_version" {
  description = "Release to run, as deploy.sh uploaded it under code/{version}/. An older release rolls back."
  type        = string

  validation {
    condition     = can(regex("^[0-9A-Za-z][0-9A-Za-z._-]*$", var.code_version))
    error_message = "code_version: expected a version such as 0.3.0."
  }
}

variable "tags" {
  description = "Tags of every resource, in addition to Application, Account and Environment."
  type        = map(string)
  default     = {}
}

# Configuration

variable "workflow_config_s3_uri" {
  description = "URI of the configuration: s3://bucket/key. Empty: code/{code_version}/orchestration/workflow_config.json in the code bucket."
  type        = string
  default     = ""

  validation {
    condition     = var.workflow_config_s3_uri == "" || can(regex("^s3://[a-z0-9.-]{3,63}/.+$", var.workflow_config_s3_uri))
    error_message = "workflow_config_s3_uri: expected s3://bucket/key, or an empty string."
  }
}

variable "workflow_config_fallback" {
  description = "Small configuration (JSON text) for the SSM parameter, which the router uses when S3 is unavailable. Empty: no parameter, and events wait in the failure bucket."
  type        = string
  default     = ""

  validation {
    condition     = var.workflow_config_fallback == "" || length(try(jsondecode(var.workflow_config_fallback).workflows, {})) > 0
    error_message = "workflow_config_fallback: expected a JSON object with at least one workflow, or an empty string."
  }

  validation {
    condition     = length(var.workflow_config_fallback) <= 8192
    error_message = "workflow_config_fallback: more than 8 KB, the limit of an SSM parameter. Leave it empty."
  }
}

variable "mwaa_trigger_queue_url" {
  description = "Default queue for sqs_mwaa triggers: the queue that the event_dispatcher DAG polls."
  type        = string
  default     = ""

  validation {
    condition     = var.mwaa_trigger_queue_url == "" || can(regex("^https?://[^/]+/[0-9]+/[A-Za-z0-9_-]{1,80}$", var.mwaa_trigger_queue_url))
    error_message = "mwaa_trigger_queue_url: expected the URL of a standard SQS queue, or an empty string."
  }
}

# Publishers

variable "filter_policy_scope" {
  description = "Scope of the subscription filters: MessageBody or MessageAttributes."
  type        = string
  default     = "MessageBody"

  validation {
    condition     = contains(["MessageBody", "MessageAttributes"], var.filter_policy_scope)
    error_message = "filter_policy_scope: expected MessageBody or MessageAttributes."
  }
}

variable "job_events_topic_arn" {
  description = "Existing SNS topic of job events, to which the router subscribes. Its policy is not changed; the output topic_policy_statements has what it must allow. The ARN must be known in the plan. Empty: the stack creates a topic."
  type        = string
  default     = ""

  validation {
    condition     = var.job_events_topic_arn == "" || can(regex("^arn:${local.partition_pattern}:sns:${var.region}:[0-9]{12}:[A-Za-z0-9_-]{1,256}$", var.job_events_topic_arn))
    error_message = "job_events_topic_arn: expected the ARN of a standard SNS topic in ${var.region}, where the router is (arn:aws:sns:${var.region}:ACCOUNT:NAME), or an empty string. FIFO topics cannot invoke functions."
  }
}

variable "job_approvals_topic_arn" {
  description = "Existing SNS topic of approvals, like job_events_topic_arn. Everybody who may publish to it may approve."
  type        = string
  default     = ""

  validation {
    condition     = var.job_approvals_topic_arn == "" || can(regex("^arn:${local.partition_pattern}:sns:${var.region}:[0-9]{12}:[A-Za-z0-9_-]{1,256}$", var.job_approvals_topic_arn))
    error_message = "job_approvals_topic_arn: expected the ARN of a standard SNS topic in ${var.region}, where the router is (arn:aws:sns:${var.region}:ACCOUNT:NAME), or an empty string. FIFO topics cannot invoke functions."
  }

  # SNS keeps one subscription of an endpoint to a topic, so the second filter would be refused.
  validation {
    condition     = var.job_approvals_topic_arn == "" || var.job_approvals_topic_arn != var.job_events_topic_arn
    error_message = "job_approvals_topic_arn: the same topic as job_events_topic_arn. Publishers of events could approve, and SNS allows one filter. Use two topics."
  }
}

variable "event_publishers" {
  description = "ARNs of principals in other accounts that may publish job events. Principals of this account need only their own policies. With job_events_topic_arn, only the output topic_policy_statements names them."
  type        = list(string)
  default     = []
}

variable "approval_publishers" {
  description = "ARNs of principals in other accounts that may publish approvals. With job_approvals_topic_arn, only the output topic_policy_statements names them."
  type        = list(string)
  default     = []
}

# Allow-lists of targets, which narrow the IAM policies. "*" means all in this account and region.

variable "glue_jobs" {
  description = "Glue jobs that the state machine may start. Wildcards allowed."
  type        = list(string)
  default     = ["*"]
}

variable "state_machines" {
  description = "State machines that the state machine may start. Wildcards allowed."
  type        = list(string)
  default     = ["*"]
}

variable "event_buses" {
  description = "Event buses that receive events: names, or ARNs in other accounts. Wildcards allowed."
  type        = list(string)
  default     = ["*"]
}

variable "queues" {
  description = "SQS queues that receive messages: names, or ARNs in other accounts. Wildcards allowed."
  type        = list(string)
  default     = ["*"]
}

variable "mwaa_environments" {
  description = "MWAA environments in which DAG runs may start: NAME in this region, or REGION/NAME. Wildcards allowed in NAME."
  type        = list(string)
  default     = ["*"]

  validation {
    condition     = alltrue([for one in var.mwaa_environments : can(regex("^(${local.region_pattern}/)?[A-Za-z0-9*?_.-]+$", one))])
    error_message = "mwaa_environments: expected NAME or REGION/NAME, such as dwh-airflow or us-west-2/dwh-airflow."
  }
}

variable "airflow_role" {
  description = "Airflow role for starting DAG runs through MWAA's InvokeRestApi."
  type        = string
  default     = "User"

  validation {
    condition     = contains(["Admin", "Op", "User"], var.airflow_role)
    error_message = "airflow_role: expected Admin, Op or User. Viewer and Public may not start DAG runs."
  }
}

# Roles

variable "permissions_boundary_arn" {
  description = "IAM policy that is the permissions boundary of every role. It must allow what the output iam_policies lists. Empty: none."
  type        = string
  default     = ""

  validation {
    condition     = var.permissions_boundary_arn == "" || can(regex("^arn:${local.partition_pattern}:iam::([0-9]{12}|aws):policy/.+$", var.permissions_boundary_arn))
    error_message = "permissions_boundary_arn: expected the ARN of an IAM policy (arn:aws:iam::ACCOUNT:policy/NAME), or an empty string."
  }
}

variable "role_path" {
  description = "IAM path of every role, such as /data/orchestrator/."
  type        = string
  default     = "/"

  validation {
    condition     = can(regex("^/([A-Za-z0-9.,+@=_-]+/)*$", var.role_path)) && length(var.role_path) <= 512
    error_message = "role_path: expected a path that begins and ends with /, such as /data/orchestrator/, of at most 512 characters."
  }
}

# Encryption and logs

variable "kms_key_arn" {
  description = "Customer managed key for topics, dead-letter queue, failure bucket, log groups, function variables and state machine. Empty: keys of AWS. Before the first apply, its policy needs the statements in the output kms_key_policy_statements, which terraform plan shows."
  type        = string
  default     = ""

  validation {
    condition     = var.kms_key_arn == "" || can(regex("^arn:${local.partition_pattern}:kms:[a-z0-9-]+:[0-9]{12}:key/.+$", var.kms_key_arn))
    error_message = "kms_key_arn: expected the ARN of a KMS key (arn:aws:kms:REGION:ACCOUNT:key/ID, not an alias), or an empty string."
  }
}

variable "former_kms_key_arns" {
  description = "Earlier values of kms_key_arn, so that older data stays readable. Remove a key when no running execution or stored failure uses it."
  type        = list(string)
  default     = []
}

variable "config_kms_key_arn" {
  description = "Customer managed key of the objects in the code bucket. Empty: none."
  type        = string
  default     = ""
}

variable "target_kms_key_arns" {
  description = "Customer managed keys of the target queues, and of an existing topic job_events to which awaited runs are published."
  type        = list(string)
  default     = []
}

variable "foreign_topic_kms_key_arns" {
  description = "Customer managed keys of topics in other accounts to which EventBridge publishes: alarm_topic_arn, notify_topics, and job_events with completion_events."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for key in var.foreign_topic_kms_key_arns : can(regex("^arn:${local.partition_pattern}:kms:${var.region}:[0-9]{12}:key/.+$", key))])
    error_message = "foreign_topic_kms_key_arns: expected ARNs of KMS keys in ${var.region} (arn:aws:kms:${var.region}:ACCOUNT:key/ID, not an alias)."
  }
}

variable "log_retention_days" {
  description = "Retention of logs in days."
  type        = number
  default     = 365
}

variable "include_execution_data" {
  description = "The state machines write the input and output of each state to their log, and so the text of events. If false, only the history of an execution has them. The router's log has them at INFO: set log_level = \"WARNING\" too."
  type        = bool
  default     = true
}

variable "log_level" {
  description = "LOG_LEVEL of the router. At WARNING its log has neither started triggers nor the text of events. Alarms need at least WARNING."
  type        = string
  default     = "INFO"

  validation {
    condition     = contains(["DEBUG", "INFO", "WARNING"], var.log_level)
    error_message = "log_level: expected DEBUG, INFO or WARNING, because alarms read the router's warnings."
  }
}

variable "router_reserved_concurrency" {
  description = "Reserved concurrency of the router; -1 for none. Throttled events wait up to six hours in Lambda's queue, then in the failure bucket."
  type        = number
  default     = -1
}

# Chains

variable "wait_for_runs" {
  description = "Triggers may have wait and publish: the state machine waits for the run of a Glue job or state machine, and publishes its success to job_events. Its role may then read and stop those runs, manage Step Functions' EventBridge rule, and publish to job_events."
  type        = bool
  default     = false
}

variable "completion_events" {
  description = "Glue jobs and state machines (names) whose successful runs EventBridge publishes to job_events, for jobs that nobody can change. Best effort: a lost event starts nothing. Prefer wait and publish for runs that this stack starts."
  type = object({
    glue_jobs      = optional(list(string), [])
    state_machines = optional(list(string), [])
  })
  default = {}

  validation {
    condition     = alltrue([for name in concat(var.completion_events.glue_jobs, var.completion_events.state_machines) : can(regex("^[^*\"<>]{1,255}$", name))])
    error_message = "completion_events: expected names without wildcards, quotes and angle brackets."
  }
}

variable "joins" {
  description = "The configuration may have joins. Creates a DynamoDB table (on demand, point-in-time recovery) and a state machine for deadlines; the router may write to the table."
  type        = bool
  default     = false
}

# Notifications

variable "alarm_topic_arn" {
  description = "SNS topic for alarms, their recovery, and a message for each failed execution. It may be in another account. The output receiver_policy_statements lists what its policy must allow. Empty: alarms exist but notify nobody."
  type        = string
  default     = ""

  validation {
    condition     = var.alarm_topic_arn == "" || can(regex("^arn:${local.partition_pattern}:sns:${var.region}:[0-9]{12}:[A-Za-z0-9_.-]+$", var.alarm_topic_arn))
    error_message = "alarm_topic_arn: expected the ARN of an SNS topic in ${var.region}, where the alarms are (arn:aws:sns:${var.region}:ACCOUNT:NAME), or an empty string."
  }
}

variable "notify_topics" {
  description = "SNS topics that workflows may name in notify, to be told of their failed executions. They may be in other accounts. The output receiver_policy_statements lists what their policies must allow."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for topic in var.notify_topics : can(regex("^arn:${local.partition_pattern}:sns:${var.region}:[0-9]{12}:[A-Za-z0-9_-]+$", topic))])
    error_message = "notify_topics: expected ARNs of standard SNS topics in ${var.region} (arn:aws:sns:${var.region}:ACCOUNT:NAME), because EventBridge publishes in its own region."
  }
}
