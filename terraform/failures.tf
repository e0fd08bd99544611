# What the router failed on three times. A bucket, because a queue's message could be too small for it: docs/operations.md
# has the sum. `orchestrator redrive-dlq` sends it again, and deletes what was started.

resource "aws_s3_bucket" "failures" {
  #checkov:skip=CKV_AWS_18:CloudTrail data events show who read it; a bucket for access logs is the account's to have
  #checkov:skip=CKV_AWS_21:what redrive-dlq deletes was routed; versions would keep job events that nobody needs, and be counted
  #checkov:skip=CKV_AWS_144:the whole stack is in one region
  #checkov:skip=CKV2_AWS_61:nothing in it may expire by itself: an event is deleted when it was routed
  #checkov:skip=CKV2_AWS_62:Lambda's metric AsyncEventsDropped tells at once that an event was kept
  bucket = "${local.name}-orchestrator-failures-${var.region}"
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
