# Job events for Glue jobs and state machines that do not publish their success. EventBridge receives their state changes at best
# effort: docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-delivery-level.html
# docs.aws.amazon.com/glue/latest/dg/automating-awsglue-with-cloudwatch-events.html (Glue Job State Change)
# docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html (Step Functions Execution Status Change)
locals {
  completion_events = merge(
    length(var.completion_events.glue_jobs) == 0 ? {} : {
      glue-jobs = {
        source      = "aws.glue"
        detail_type = "Glue Job State Change"
        detail      = { jobName = var.completion_events.glue_jobs, state = ["SUCCEEDED"] }
        paths       = { job = "$.detail.jobName", run = "$.detail.jobRunId", time = "$.time" }
        job         = "<job>"
      }
    },
    {
      # One rule for each, because the event has no name of the state machine without its ARN.
      for name in var.completion_events.state_machines : "ended-${substr(sha256(name), 0, 8)}" => {
        source      = "aws.states"
        detail_type = "Step Functions Execution Status Change"
        detail      = { stateMachineArn = ["arn:${local.partition}:states:${var.region}:${local.account_id}:stateMachine:${name}"], status = ["SUCCEEDED"] }
        paths       = { run = "$.detail.executionArn", time = "$.time" }
        job         = name
      }
    },
  )
}

locals {
  # Built from names, because the queue's policy names the rules and their targets name the queue.
  completion_rule_arns = [for key in keys(local.completion_events) : "arn:${local.partition}:events:${var.region}:${local.account_id}:rule/${local.orchestrator}-${key}"]
}

resource "aws_cloudwatch_event_rule" "completion" {
  for_each = local.completion_events

  name        = "${local.orchestrator}-${each.key}"
  description = "Successful runs that do not publish themselves, to job_events of ${local.orchestrator}"
  tags        = local.tags
  event_pattern = jsonencode({
    source      = [each.value.source]
    detail-type = [each.value.detail_type]
    detail      = each.value.detail
  })

  lifecycle {
    precondition {
      condition     = var.filter_policy_scope == "MessageBody"
      error_message = "completion_events: EventBridge sends no message attributes, so filter_policy_scope must be MessageBody."
    }
  }
}

resource "aws_cloudwatch_event_target" "completion" {
  for_each = local.completion_events

  rule     = aws_cloudwatch_event_rule.completion[each.key].name
  arn      = local.topic_arns["job_events"]
  role_arn = contains(keys(local.foreign_topics), each.key) ? aws_iam_role.eventbridge[0].arn : null

  input_transformer {
    input_paths = each.value.paths
    # Not jsonencode, which writes < as \u003c.
    input_template = "{\"event_type\":\"job_completed\",\"job_name\":\"${each.value.job}\",\"job_run_id\":\"<run>\",\"status\":\"SUCCESS\",\"end_date\":\"<time>\",\"created_by\":\"eventbridge\",\"artifacts\":{},\"metrics\":{}}"
  }

  dead_letter_config {
    arn = aws_sqs_queue.completion_dlq[0].arn
  }

  depends_on = [aws_sns_topic_policy.this, aws_iam_role_policy.eventbridge]
}

# State changes that EventBridge could not publish, as EventBridge received them.
resource "aws_sqs_queue" "completion_dlq" {
  count = length(local.completion_events) > 0 ? 1 : 0

  name                              = "${local.orchestrator}-completion-dlq"
  tags                              = local.tags
  message_retention_seconds         = 14 * 24 * 60 * 60
  sqs_managed_sse_enabled           = local.kms_key_arn == null ? true : null
  kms_master_key_id                 = local.kms_key_arn
  kms_data_key_reuse_period_seconds = local.kms_key_arn == null ? null : 300

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "DeadLettersOfTheRules"
        Effect    = "Allow"
        Principal = { Service = "events.amazonaws.com" }
        Action    = "sqs:SendMessage"
        Resource  = "arn:${local.partition}:sqs:${var.region}:${local.account_id}:${local.orchestrator}-completion-dlq"
        Condition = { ArnEquals = { "aws:SourceArn" = local.completion_rule_arns } }
      },
      {
        Sid       = "OnlyOverTls"
        Effect    = "Deny"
        Principal = "*"
        Action    = "sqs:*"
        Resource  = "arn:${local.partition}:sqs:${var.region}:${local.account_id}:${local.orchestrator}-completion-dlq"
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
    ]
  })
}
