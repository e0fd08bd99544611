locals {
  # Left to right, top to bottom: received events, started executions, stored failures, conflicts.
  widgets = [
    {
      title = "Events in: published, filtered out"
      metrics = concat(
        [for topic in local.measured_topics : ["AWS/SNS", "NumberOfMessagesPublished", "TopicName", local.topic_names[topic]]],
        [for topic in local.measured_topics : ["AWS/SNS", "NumberOfNotificationsFilteredOut", "TopicName", local.topic_names[topic]]],
      )
    },
    {
      title   = "Router: invocations, errors, throttles"
      metrics = [for metric in ["Invocations", "Errors", "Throttles"] : ["AWS/Lambda", metric, "FunctionName", local.orchestrator]]
    },
    {
      title   = "Executions: started, succeeded, failed, timed out, aborted"
      metrics = [for metric in ["ExecutionsStarted", "ExecutionsSucceeded", "ExecutionsFailed", "ExecutionsTimedOut", "ExecutionsAborted"] : ["AWS/States", metric, "StateMachineArn", local.state_machine_arn]]
    },
    {
      title = "Stored failures: delivery DLQ, failure bucket"
      metrics = [
        ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", "${local.orchestrator}-delivery-dlq", { stat = "Maximum" }],
        ["AWS/Lambda", "AsyncEventsDropped", "FunctionName", local.orchestrator],
        ["AWS/Lambda", "DestinationDeliveryFailures", "FunctionName", local.orchestrator],
      ]
    },
    {
      title   = "Conflicts and fallbacks"
      metrics = [for filter in keys(local.log_filters) : [local.metric_namespace, filter]]
    },
    {
      title   = "MWAA function, and Glue function for starts without an answer: invocations, errors"
      metrics = [for pair in setproduct([local.mwaa_dag, local.glue_run], ["Invocations", "Errors"]) : ["AWS/Lambda", pair[1], "FunctionName", pair[0]]]
    },
  ]
}

resource "aws_cloudwatch_dashboard" "this" {
  # The name contains the region because dashboards are global.
  dashboard_name = "${local.orchestrator}-${var.region}"
  dashboard_body = jsonencode({
    widgets = [
      for index, widget in local.widgets : {
        type       = "metric"
        x          = (index % 2) * 12
        y          = floor(index / 2) * 6
        width      = 12
        height     = 6
        properties = { title = widget.title, metrics = widget.metrics, region = var.region, stat = "Sum", period = 300, view = "timeSeries" }
      }
    ]
  })
}
