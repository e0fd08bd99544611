"""Named resources, and the characters that AWS allows in each name."""

from __future__ import annotations

LIMITS = {
    "aws_lambda_function": ("function_name", 64),
    "aws_iam_role": ("name", 64),
    "aws_cloudwatch_event_rule": ("name", 64),
    "aws_cloudwatch_metric_alarm": ("alarm_name", 255),
    "aws_s3_bucket": ("bucket", 63),
    "aws_sqs_queue": ("name", 80),
    "aws_sfn_state_machine": ("name", 80),
    "aws_sns_topic": ("name", 256),
    "aws_dynamodb_table": ("name", 255),
    "aws_cloudwatch_log_group": ("name", 512),
    "aws_cloudwatch_dashboard": ("dashboard_name", 255),
}
"""Type to the attribute with its name, and the characters that AWS allows."""
