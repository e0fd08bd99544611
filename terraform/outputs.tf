output "topic_arns" {
  description = "Where job events and approvals are published."
  value       = { for topic, resource in aws_sns_topic.this : topic => resource.arn }
}

output "router_function_name" {
  description = "The router; its alias live is what runs."
  value       = aws_lambda_function.router.function_name
}

output "state_machine_arn" {
  description = "The state machine, whose executions are in the console."
  value       = aws_sfn_state_machine.this.arn
}

output "state_machine_version_arn" {
  description = "The state machine's version that the router starts."
  value       = aws_sfn_state_machine.this.state_machine_version_arn
}

output "workflow_config_s3_uri" {
  description = "Where the configuration is read: an upload there takes effect with the next event."
  value       = local.config_s3_uri
}

output "delivery_dlq_url" {
  description = "Events that SNS could not deliver."
  value       = aws_sqs_queue.delivery_dlq.url
}

output "failure_bucket" {
  description = "Events that the router failed on three times."
  value       = aws_s3_bucket.failures.id
}

output "iam_policies" {
  description = "Every action and resource granted to each role."
  value       = { for role, policy in local.policies : role => [for one in jsondecode(policy).Statement : { actions = one.Action, resources = one.Resource }] }
}

output "kms_key_policy_statements" {
  description = "What the policy of kms_key_arn must hold beside its administrators, as JSON."
  value = jsonencode([
    {
      Sid       = "TopicsAndDeadLetters"
      Effect    = "Allow"
      Principal = { Service = "sns.amazonaws.com" }
      Action    = ["kms:GenerateDataKey*", "kms:Decrypt"]
      Resource  = "*"
      Condition = { StringEquals = { "aws:SourceAccount" = local.account_id } }
    },
    {
      Sid       = "LogGroups"
      Effect    = "Allow"
      Principal = { Service = "logs.${var.region}.amazonaws.com" }
      Action    = ["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey*", "kms:DescribeKey"]
      Resource  = "*"
      Condition = { ArnLike = { "kms:EncryptionContext:aws:logs:arn" = "arn:${local.partition}:logs:${var.region}:${local.account_id}:log-group:*" } }
    },
    {
      Sid       = "LogDeliveryOfTheStateMachine"
      Effect    = "Allow"
      Principal = { Service = "delivery.logs.amazonaws.com" }
      Action    = ["kms:Decrypt", "kms:GenerateDataKey"]
      Resource  = "*"
      Condition = { StringEquals = { "aws:SourceAccount" = local.account_id } }
    },
    {
      Sid       = "RolesOfTheOrchestrator"
      Effect    = "Allow"
      Principal = { AWS = [for role in aws_iam_role.this : role.arn] }
      Action    = ["kms:Decrypt", "kms:GenerateDataKey"]
      Resource  = "*"
    },
  ])
}
