# Events on which the router failed three times. An SQS message may be too small for the event (docs/operations.md), so this is a
# bucket. `orchestrator redrive-dlq` sends the events again and deletes those that the router handled.

resource "aws_s3_bucket" "failures" {
  #checkov:skip=CKV_AWS_18:CloudTrail data events show its readers; a bucket for access logs belongs to the account
  #checkov:skip=CKV_AWS_21:redrive-dlq deletes only routed events; versions would keep and count them
  #checkov:skip=CKV_AWS_144:the whole stack is in one region
  #checkov:skip=CKV2_AWS_61:events must not expire; redrive-dlq deletes them after routing
  #checkov:skip=CKV2_AWS_62:Lambda's metric AsyncEventsDropped reports each stored event at once
  bucket = "${local.name}-orchestrator-failures-${var.region}"
  tags   = local.tags
}

resource "aws_s3_bucket_public_access_block" "failures" {
  bucket                  = aws_s3_bucket.failures.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_server_side_encryption_configuration" "failures" {
  bucket = aws_s3_bucket.failures.id

  rule {
    bucket_key_enabled = local.kms_key_arn != null

    apply_server_side_encryption_by_default {
      sse_algorithm     = local.kms_key_arn == null ? "AES256" : "aws:kms"
      kms_master_key_id = local.kms_key_arn
    }
  }
}

resource "aws_s3_bucket_policy" "failures" {
  bucket = aws_s3_bucket.failures.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "OnlyOverTls"
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:*"
      Resource  = [aws_s3_bucket.failures.arn, "${aws_s3_bucket.failures.arn}/*"]
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })

  depends_on = [aws_s3_bucket_public_access_block.failures]
}
