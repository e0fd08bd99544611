# A message for each execution that failed, timed out or was aborted. Alarms only count; this names the event. The alarm topic is
# told of all, and a topic of notify_topics of those whose workflow names it: the router writes it into routing.notify of the input.
# docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html (detail has the fields of DescribeExecution)
# docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html (wildcard)
locals {
  # Both spellings of JSON: the router's, and that of an input that Step Functions wrote for a batch.
  failure_receivers = merge(
    { for topic in local.alarm_actions : "failed" => { topic = topic, detail = {} } },
    {
      for topic in var.notify_topics : "failed-${substr(sha256(topic), 0, 8)}" => {
        topic  = topic
        detail = { input = [{ wildcard = "*\"notify\":\"${topic}\"*" }, { wildcard = "*\"notify\": \"${topic}\"*" }] }
      }
    },
  )
}

resource "aws_cloudwatch_event_rule" "execution_ended_badly" {
  for_each = local.failure_receivers

  name        = "${local.orchestrator}-${each.key}"
  description = "Executions of ${local.orchestrator} that failed, timed out or were aborted, to ${each.value.topic}"
  tags        = local.tags
  event_pattern = jsonencode({
    source      = ["aws.states"]
    detail-type = ["Step Functions Execution Status Change"]
    detail = merge(each.value.detail, {
      # The router starts a version of the state machine.
      stateMachineArn = concat([local.state_machine_arn, { prefix = "${local.state_machine_arn}:" }], var.joins ? [local.join_deadline_arn] : [])
      status          = ["FAILED", "TIMED_OUT", "ABORTED"]
    })
  })
}

resource "aws_cloudwatch_event_target" "execution_ended_badly" {
  for_each = local.failure_receivers

  rule     = aws_cloudwatch_event_rule.execution_ended_badly[each.key].name
  arn      = each.value.topic
  role_arn = contains(keys(local.foreign_topics), each.key) ? aws_iam_role.eventbridge[0].arn : null

  input_transformer {
    input_paths = {
      arn    = "$.detail.executionArn"
      name   = "$.detail.name"
      status = "$.detail.status"
      error  = "$.detail.error"
      cause  = "$.detail.cause"
      time   = "$.time"
    }
    # One JSON string with \n: SNS then sends lines, in a mail and in a chat. Not jsonencode, which writes < as \u003c.
    input_template = "\"${join("\\n", [
      "${local.orchestrator}: execution <status> at <time>",
      "",
      "<name> (the name begins with job and run)",
      "<error> <cause>",
      "",
      "Look: orchestrator inspect <arn>",
      "Console: https://${local.console_host}/states/home?region=${var.region}#/v2/executions/details/<arn>",
      "After the repair: orchestrator replay <arn>",
    ])}\""
  }

  retry_policy {
    maximum_event_age_in_seconds = 3600
    maximum_retry_attempts       = 60
  }

  depends_on = [aws_iam_role_policy.eventbridge]
}
