env                = "production"
aws_account_id     = "123456789012"
glue_jobs          = ["load_images_to_redshift"]
log_retention_days = 365
