env                = "test"
aws_account_id     = "123456789012"
glue_jobs          = ["*"]
log_retention_days = 14
