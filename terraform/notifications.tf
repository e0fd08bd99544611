# A message for each execution that failed, timed out or was aborted, to the alarm topic. Alarms only count; this names the event.
# docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html (detail has the fields of DescribeExecution)

resource "aws_cloudwatch_event_rule" "execution_ended_badly" {
  count = var.alarm_topic_arn == "" ? 0 : 1

  name        = "${local.orchestrator}-failed"
  description = "Executions of ${local.orchestrator} that failed, timed out or were aborted, to ${var.alarm_topic_arn}"
  event_pattern = jsonencode({
    source      = ["aws.states"]
    detail-type = ["Step Functions Execution Status Change"]
    detail = {
      # The router starts a version of the state machine.
      stateMachineArn = [local.state_machine_arn, { prefix = "${local.state_machine_arn}:" }]
      status          = ["FAILED", "TIMED_OUT", "ABORTED"]
    }
  })
}

resource "aws_cloudwatch_event_target" "execution_ended_badly" {
  count = var.alarm_topic_arn == "" ? 0 : 1

  rule = aws_cloudwatch_event_rule.execution_ended_badly[0].name
  arn  = var.alarm_topic_arn

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
}
