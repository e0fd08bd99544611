# Alarms for on-call. Each description says what to do first; docs/operations.md has the details.

# Patterns of log lines. tests/terraform matches them against lines that the router really wrote.
locals {
  log_filters = {
    config-fallback = {
      pattern = "{ $.level = \"WARNING\" && $.message = \"Failed to load workflow config from S3*\" }"
      group   = aws_cloudwatch_log_group.function["downstream_orchestrator"].name
    }
    duplicate-conflict = {
      pattern = "{ $.level = \"WARNING\" && $.message = \"duplicate of execution*\" }"
      group   = aws_cloudwatch_log_group.function["downstream_orchestrator"].name
    }
    join-late = {
      pattern = "{ $.level = \"WARNING\" && $.message = \"late arrival at join*\" }"
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

  # Alarms on a single metric.
  simple_alarms = merge(
    {
      router-errors = {
        namespace   = "AWS/Lambda", metric = "Errors", dimensions = { FunctionName = local.orchestrator }
        description = "The router failed. Lambda retries twice, then stores the event in the failure bucket. The router's log names the record and the error."
      }
      router-throttles = {
        namespace   = "AWS/Lambda", metric = "Throttles", dimensions = { FunctionName = local.orchestrator }
        description = "Lambda throttled the router, so events wait. Check the account's concurrency and router_reserved_concurrency."
      }
      failure-kept = {
        namespace   = "AWS/Lambda", metric = "AsyncEventsDropped", dimensions = { FunctionName = local.orchestrator }
        description = "The router failed three times on an event and Lambda stored it in the failure bucket. Fix the cause, then run: orchestrator redrive-dlq ${local.orchestrator}"
      }
      failure-lost = {
        namespace   = "AWS/Lambda", metric = "DestinationDeliveryFailures", dimensions = { FunctionName = local.orchestrator }
        description = "Lambda could not store a failed event. ${var.log_level == "WARNING" ? "At log_level WARNING no log has it, so publish it again" : "Recover it from the router log (Received event)"}. Check the policies of the failure bucket and its key."
      }
      delivery-dlq-not-empty = {
        namespace   = "AWS/SQS", metric = "ApproximateNumberOfMessagesVisible", dimensions = { QueueName = aws_sqs_queue.delivery_dlq.name }, statistic = "Maximum"
        description = "SNS could not deliver an event to the router. Fix the cause, then run: orchestrator redrive-dlq ${local.orchestrator}"
      }
      config-fallback = {
        namespace   = local.metric_namespace, metric = "config-fallback", dimensions = {}
        description = "The router could not read its configuration in S3. It used its last configuration or the SSM parameter, or raised an error. Check ${local.config_s3_uri} and the router's log."
      }
      duplicate-conflict = {
        namespace   = local.metric_namespace, metric = "duplicate-conflict", dimensions = {}
        description = "A run id came again with other content, or after an execution that did not succeed. Nothing was started. The router's log has the differences and the replay command."
      }
    },
    {
      for topic in local.measured_topics : "${replace(topic, "_", "-")}-lost" => {
        namespace   = "AWS/SNS", metric = "NumberOfNotificationsFailedToRedriveToDlq", dimensions = { TopicName = local.topic_names[topic] }
        description = "SNS could deliver an event neither to the router nor to the dead-letter queue, so the event is lost. Check the policies of the queue and its key, then publish the event again."
      }
    },
    !var.joins ? {} : {
      join-expired = {
        namespace   = "AWS/States", metric = "ExecutionsFailed", dimensions = { StateMachineArn = local.join_deadline_arn }
        description = "A join expired, or the router could not decide. The cause of the execution of ${local.join_deadline} names the missing jobs."
      }
      join-late = {
        namespace   = local.metric_namespace, metric = "join-late", dimensions = {}
        description = "A job arrived at a join after its deadline, or with another run than the first. Nothing was started. The router's log names join, key and run."
      }
    },
    length(local.completion_events) == 0 ? {} : {
      completion-dlq-not-empty = {
        namespace   = "AWS/SQS", metric = "ApproximateNumberOfMessagesVisible", dimensions = { QueueName = "${local.orchestrator}-completion-dlq" }, statistic = "Maximum"
        description = "EventBridge could not publish the success of a run in completion_events. Check the policies of the topic job_events and its key. The messages are EventBridge's events: publish each with orchestrator publish JOB RUN."
      }
    },
    {
      # docs.aws.amazon.com/sns/latest/dg/sns-monitoring-using-cloudwatch.html: SNS drops messages that the filter cannot read.
      for topic in local.measured_topics : "${replace(topic, "_", "-")}-unreadable" => {
        namespace   = "AWS/SNS", metric = var.filter_policy_scope == "MessageBody" ? "NumberOfNotificationsFilteredOut-InvalidMessageBody" : "NumberOfNotificationsFilteredOut-InvalidAttributes", dimensions = { TopicName = local.topic_names[topic] }
        description = "SNS dropped a message that is not JSON, because the subscription's filter cannot read it. Its publisher must send a JSON object."
      }
    },
  )

  # Step Functions also counts executions of a version under separate dimensions. The log has the end of every execution.
  execution_alarms = {
    execution-failed    = { metric = "ExecutionsFailed", description = "Some triggers of an execution failed; all others started. The cause of the execution names them and the replay command." }
    execution-timed-out = { metric = "ExecutionsTimedOut", description = "An execution timed out. Its history shows which triggers started." }
    execution-aborted   = { metric = "ExecutionsAborted", description = "An execution was aborted. Its history shows which triggers started." }
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
  tags                = local.tags
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
  tags                = local.tags
  threshold           = 1
  comparison_operator = "GreaterThanOrEqualToThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.alarm_actions
  ok_actions          = local.alarm_actions

  # One of the last 15 minutes: both metrics arrive late, and until then FILL returns 0, which would stay the newest point.
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

# S3 counts objects once a day. This alarm repeats days later that the failure bucket still has events.
resource "aws_cloudwatch_metric_alarm" "failure_bucket_not_empty" {
  alarm_name          = "${local.orchestrator}-failure-bucket-not-empty"
  tags                = local.tags
  alarm_description   = "The failure bucket has events that were not routed. List them: orchestrator redrive-dlq ${local.orchestrator} --dry-run"
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
