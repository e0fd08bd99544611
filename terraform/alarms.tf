# What a person must know. Each alarm's description says what to do; docs/operations.md goes on from there.

# The router's log lines; tests/terraform holds these patterns against lines that it really wrote.
locals {
  log_filters = {
    config-fallback = {
      pattern = "{ $.level = \"WARNING\" && $.message = \"Failed to load workflow config from S3*\" }"
      group   = aws_cloudwatch_log_group.function["downstream_orchestrator"].name
    }
    duplicate-needs-attention = {
      pattern = "{ $.level = \"WARNING\" && $.message = \"duplicate of execution*\" }"
      group   = aws_cloudwatch_log_group.function["downstream_orchestrator"].name
    }
    execution-failed = {
      pattern = "{ $.type = \"ExecutionFailed\" }"
      group   = aws_cloudwatch_log_group.state_machine.name
    }
    execution-timed-out = {
      pattern = "{ $.type = \"ExecutionTimedOut\" }"
      group   = aws_cloudwatch_log_group.state_machine.name
    }
    execution-aborted = {
      pattern = "{ $.type = \"ExecutionAborted\" }"
      group   = aws_cloudwatch_log_group.state_machine.name
    }
  }

  metric_namespace = local.orchestrator

  # One metric each: namespace, metric, dimensions, and what it means.
  simple_alarms = merge(
    {
      router-errors = {
        namespace   = "AWS/Lambda", metric = "Errors", dimensions = { FunctionName = local.orchestrator }
        description = "The router failed. Lambda tries twice more, then keeps the event in the failure bucket. Its log says which record and why."
      }
      router-throttles = {
        namespace   = "AWS/Lambda", metric = "Throttles", dimensions = { FunctionName = local.orchestrator }
        description = "The router was throttled: events wait. Look at the account's concurrency and router_reserved_concurrency."
      }
      failure-kept = {
        namespace   = "AWS/Lambda", metric = "AsyncEventsDropped", dimensions = { FunctionName = local.orchestrator }
        description = "The router gave an event up: it is in the failure bucket now. Mend the cause, then: orchestrator redrive-dlq ${local.orchestrator}"
      }
      failure-lost = {
        namespace   = "AWS/Lambda", metric = "DestinationDeliveryFailures", dimensions = { FunctionName = local.orchestrator }
        description = "An event that the router gave up could not be written to the failure bucket, and is lost: the router's log has it (Received event). Look at the bucket's and the key's policies."
      }
      delivery-dlq-not-empty = {
        namespace   = "AWS/SQS", metric = "ApproximateNumberOfMessagesVisible", dimensions = { QueueName = aws_sqs_queue.delivery_dlq.name }, statistic = "Maximum"
        description = "SNS could not deliver an event to the router. Mend the cause, then: orchestrator redrive-dlq ${local.orchestrator}"
      }
      config-fallback = {
        namespace   = local.metric_namespace, metric = "config-fallback", dimensions = {}
        description = "The router could not read its configuration in S3 and used the SSM parameter. Look at ${local.config_s3_uri} and the router's log."
      }
      duplicate-needs-attention = {
        namespace   = local.metric_namespace, metric = "duplicate-needs-attention", dimensions = {}
        description = "A run id came again with other content, or after a run that did not succeed, and nothing was started. The router's log says what differs and how to replay."
      }
    },
    {
      for topic in keys(local.topics) : "${replace(topic, "_", "-")}-lost" => {
        namespace   = "AWS/SNS", metric = "NumberOfNotificationsFailedToRedriveToDlq", dimensions = { TopicName = aws_sns_topic.this[topic].name }
        description = "SNS could deliver an event neither to the router nor to the dead-letter queue, and it is lost. Look at the queue's and the key's policies; publish the event again."
      }
    },
    {
      # docs.aws.amazon.com/sns/latest/dg/sns-monitoring-using-cloudwatch.html: what the filter cannot read, it drops.
      for topic in keys(local.topics) : "${replace(topic, "_", "-")}-unreadable" => {
        namespace   = "AWS/SNS", metric = var.filter_policy_scope == "MessageBody" ? "NumberOfNotificationsFilteredOut-InvalidMessageBody" : "NumberOfNotificationsFilteredOut-InvalidAttributes", dimensions = { TopicName = aws_sns_topic.this[topic].name }
        description = "A message was published that the subscription's filter cannot read (no JSON), and was dropped. Its publisher must send a JSON object."
      }
    },
  )

  # Step Functions counts executions of a version by its own dimensions, too; the log knows every end in any case.
  execution_alarms = {
    execution-failed    = { metric = "ExecutionsFailed", description = "Some triggers of an execution failed; all others were started. Its cause names them, and the command that starts them again." }
    execution-timed-out = { metric = "ExecutionsTimedOut", description = "An execution timed out: its history shows which triggers started." }
    execution-aborted   = { metric = "ExecutionsAborted", description = "An execution was aborted: its history shows which triggers started." }
  }
}

resource "aws_cloudwatch_log_metric_filter" "this" {
  for_each = local.log_filters

  name           = "${local.orchestrator}-${each.key}"
  log_group_name = each.value.group
  pattern        = each.value.pattern

  metric_transformation {
    namespace = local.metric_namespace
    name      = each.key
    value     = "1"
  }
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = local.simple_alarms

  alarm_name          = "${local.orchestrator}-${each.key}"
  alarm_description   = each.value.description
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  dimensions          = each.value.dimensions
  statistic           = lookup(each.value, "statistic", "Sum")
  period              = 60
  evaluation_periods  = 1
  threshold           = 1
  comparison_operator = "GreaterThanOrEqualToThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.alarm_actions
  ok_actions          = local.alarm_actions
}

resource "aws_cloudwatch_metric_alarm" "execution" {
  for_each = local.execution_alarms

  alarm_name          = "${local.orchestrator}-${each.key}"
  alarm_description   = each.value.description
  threshold           = 1
  comparison_operator = "GreaterThanOrEqualToThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.alarm_actions
  ok_actions          = local.alarm_actions

  # One of the last fifteen minutes: both metrics come late, and until then FILL gives 0, which would stay the newest point.
  evaluation_periods  = 15
  datapoints_to_alarm = 1

  metric_query {
    id          = "ended"
    label       = each.value.metric
    expression  = "FILL(counted, 0) + FILL(logged, 0)"
    return_data = true
  }

  metric_query {
    id = "counted"

    metric {
      namespace   = "AWS/States"
      metric_name = each.value.metric
      dimensions  = { StateMachineArn = local.state_machine_arn }
      stat        = "Sum"
      period      = 60
    }
  }

  metric_query {
    id = "logged"

    metric {
      namespace   = local.metric_namespace
      metric_name = each.key
      stat        = "Sum"
      period      = 60
    }
  }
}

# S3 counts objects once a day, and late: this says that failures are still there, days after failure-kept has said that they came.
resource "aws_cloudwatch_metric_alarm" "failure_bucket_not_empty" {
  alarm_name          = "${local.orchestrator}-failure-bucket-not-empty"
  alarm_description   = "The failure bucket holds events that were not routed. See what: orchestrator redrive-dlq ${local.orchestrator}"
  namespace           = "AWS/S3"
  metric_name         = "NumberOfObjects"
  dimensions          = { BucketName = aws_s3_bucket.failures.id, StorageType = "AllStorageTypes" }
  statistic           = "Average"
  period              = 24 * 60 * 60
  evaluation_periods  = 3
  datapoints_to_alarm = 1
  threshold           = 1
  comparison_operator = "GreaterThanOrEqualToThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.alarm_actions
  ok_actions          = local.alarm_actions
}
