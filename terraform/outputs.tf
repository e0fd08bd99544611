output "topic_arns" {
  description = "ARNs of the topics for job events and approvals."
  value       = merge(local.topic_arns, { for topic, resource in aws_sns_topic.this : topic => resource.arn })
}

output "router_function_name" {
  description = "Name of the router function. SNS invokes its alias live."
  value       = aws_lambda_function.router.function_name
}

output "state_machine_arn" {
  description = "ARN of the state machine."
  value       = aws_sfn_state_machine.this.arn
}

output "state_machine_version_arn" {
  description = "ARN of the state machine version that the router starts."
  value       = aws_sfn_state_machine.this.state_machine_version_arn
}

output "workflow_config_s3_uri" {
  description = "URI of the configuration. An upload takes effect with the next event."
  value       = local.config_s3_uri
}

output "delivery_dlq_url" {
  description = "URL of the queue with events that SNS could not deliver."
  value       = aws_sqs_queue.delivery_dlq.url
}

output "failure_bucket" {
  description = "Bucket with events on which the router failed three times."
  value       = aws_s3_bucket.failures.id
}

output "iam_policies" {
  description = "Actions and resources granted to each role. A plan shows them before the first apply."
  value       = { for role, policy in merge(local.policies, var.joins ? { join_deadline = local.join_deadline_policy } : {}, length(local.foreign_topics) > 0 ? { eventbridge = local.eventbridge_policy } : {}) : role => [for one in jsondecode(policy).Statement : { actions = one.Action, resources = one.Resource }] }
}

# docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html, sns-send-message-to-sqs-cross-account.html
output "topic_policy_statements" {
  description = "Statements that the policies of the existing topics need, by topic, as JSON. The stack does not change these policies. An empty list: the default policy of a topic of this account is enough."
  value = {
    for topic, one in local.topics : topic => jsonencode(concat(
      contains(local.measured_topics, topic) ? [] : [
        {
          Sid       = "SubscribeTheOrchestrator"
          Effect    = "Allow"
          Principal = { AWS = "arn:${local.partition}:iam::${local.account_id}:root" }
          Action    = ["sns:Subscribe", "sns:GetTopicAttributes", "sns:ListSubscriptionsByTopic"]
          Resource  = one.existing
        },
      ],
      topic != "job_events" || !var.wait_for_runs || contains(local.measured_topics, topic) ? [] : [
        {
          Sid       = "SuccessOfAwaitedRuns"
          Effect    = "Allow"
          Principal = { AWS = local.role_arns["state_machine"] }
          Action    = "sns:Publish"
          Resource  = one.existing
        },
      ],
      topic != "job_events" || length(local.completion_events) == 0 || !contains(local.measured_topics, topic) ? [] : [
        {
          Sid       = "CompletionEvents"
          Effect    = "Allow"
          Principal = { Service = "events.amazonaws.com" }
          Action    = "sns:Publish"
          Resource  = one.existing
          Condition = { ArnEquals = { "aws:SourceArn" = local.completion_rule_arns } }
        },
      ],
      topic != "job_events" || length(local.completion_events) == 0 || contains(local.measured_topics, topic) ? [] : [
        merge(local.eventbridge_role_statement, { Sid = "CompletionEvents", Resource = one.existing }),
      ],
      length(one.publishers) == 0 ? [] : [
        {
          Sid       = "Publishers"
          Effect    = "Allow"
          Principal = { AWS = one.publishers }
          Action    = "sns:Publish"
          Resource  = one.existing
        },
      ],
    )) if one.existing != ""
  }
}

# docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html,
# docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-cross-account.html
output "receiver_policy_statements" {
  description = "Statements that the policies of alarm_topic_arn and notify_topics need, by ARN, as JSON. The stack does not change these policies."
  value = {
    for topic in toset(concat(local.alarm_actions, var.notify_topics)) : topic => jsonencode(concat(
      topic != var.alarm_topic_arn ? [] : [
        {
          Sid       = "Alarms"
          Effect    = "Allow"
          Principal = { Service = "cloudwatch.amazonaws.com" }
          Action    = "sns:Publish"
          Resource  = topic
          Condition = {
            ArnLike      = { "aws:SourceArn" = "arn:${local.partition}:cloudwatch:${var.region}:${local.account_id}:alarm:${local.orchestrator}-*" }
            StringEquals = { "aws:SourceAccount" = local.account_id }
          }
        },
      ],
      contains(values(local.foreign_topics), topic) ? [] : [
        {
          Sid       = "FailedExecutions"
          Effect    = "Allow"
          Principal = { Service = "events.amazonaws.com" }
          Action    = "sns:Publish"
          Resource  = topic
          Condition = { ArnEquals = { "aws:SourceArn" = [for key, receiver in local.event_topics : local.event_rule_arns[key] if receiver == topic] } }
        },
      ],
      !contains(values(local.foreign_topics), topic) ? [] : [
        merge(local.eventbridge_role_statement, { Sid = "FailedExecutions", Resource = topic }),
      ],
    ))
  }
}

# The value does not depend on resources that use the key, so a plan shows it.
# docs.aws.amazon.com/sns/latest/dg/sns-key-management.html, docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html,
# docs.aws.amazon.com/step-functions/latest/dg/encryption-at-rest.html
output "kms_key_policy_statements" {
  description = "Statements that the policy of kms_key_arn needs before the first apply, in addition to its administrators, as JSON."
  value = jsonencode(concat([
    {
      Sid       = "TopicsAndDeadLetters"
      Effect    = "Allow"
      Principal = { Service = "sns.amazonaws.com" }
      Action    = ["kms:GenerateDataKey*", "kms:Decrypt"]
      Resource  = "*"
    },
    {
      Sid       = "LogGroups"
      Effect    = "Allow"
      Principal = { Service = "logs.${var.region}.amazonaws.com" }
      Action    = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"]
      Resource  = "*"
      Condition = { ArnLike = { "kms:EncryptionContext:aws:logs:arn" = "arn:${local.partition}:logs:${var.region}:${local.account_id}:log-group:*" } }
    },
    {
      Sid       = "LogDeliveryOfTheStateMachine"
      Effect    = "Allow"
      Principal = { Service = "delivery.logs.amazonaws.com" }
      Action    = ["kms:Decrypt", "kms:GenerateDataKey"]
      Resource  = "*"
      Condition = { StringLike = { "kms:EncryptionContext:SourceArn" = "arn:${local.partition}:logs:${var.region}:${local.account_id}:*" } }
    },
    {
      # A condition names the roles, because a key policy cannot name a role that does not exist yet.
      Sid       = "RolesOfTheOrchestrator"
      Effect    = "Allow"
      Principal = { AWS = "arn:${local.partition}:iam::${local.account_id}:root" }
      Action    = ["kms:Decrypt", "kms:GenerateDataKey"]
      Resource  = "*"
      Condition = { ArnEquals = { "aws:PrincipalArn" = values(local.role_arns) } }
    },
    {
      # Publishers to an encrypted topic use the key. Principals of this account also need both actions in their own policies.
      Sid       = "Publishers"
      Effect    = "Allow"
      Principal = { AWS = concat(["arn:${local.partition}:iam::${local.account_id}:root"], var.event_publishers, var.approval_publishers) }
      Action    = ["kms:Decrypt", "kms:GenerateDataKey*"]
      Resource  = "*"
      Condition = { StringEquals = { "kms:ViaService" = "sns.${var.region}.amazonaws.com" } }
    },
    ], length(local.completion_events) == 0 ? [] : [
    {
      # docs.aws.amazon.com/eventbridge/latest/userguide/eb-encryption-at-rest-key-policy.html
      Sid       = "CompletionEvents"
      Effect    = "Allow"
      Principal = { Service = "events.amazonaws.com" }
      Action    = ["kms:Decrypt", "kms:GenerateDataKey*"]
      Resource  = "*"
      Condition = { StringEquals = { "aws:SourceAccount" = local.account_id } }
    },
  ]))
}

output "people_policies" {
  description = "IAM policies as JSON for deployer (with deployer_resources), publisher, approver, on_call and configuration_owner: docs/iam.md."
  value       = module.policies.policies
}

# The payload starts nothing, because no configuration should have a job of this name.
output "smoke_test" {
  description = "Two commands, one a line, that check a new deployment: the doctor, and an event that the router must answer with IGNORED. Print them with terraform output -raw smoke_test."
  # One text, because Terraform prints the quotation marks of a text in a map as \".
  value = join("\n", [
    "AWS_REGION=${var.region} orchestrator doctor --function ${local.orchestrator}",
    # The payload from a file, because versions 1 and 2 of the AWS CLI differ in the encoding of a text.
    "echo '{\"job_name\":\"orchestrator-smoke-test\",\"job_run_id\":\"1\",\"status\":\"SUCCESS\"}' | aws lambda invoke --region ${var.region} --function-name ${local.orchestrator}:live --payload fileb:///dev/stdin /dev/stdout",
  ])
}
