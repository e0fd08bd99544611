"""The next step after an error of boto3 that comes before any answer: no region, or no valid credentials."""

from __future__ import annotations

from botocore import exceptions

_LOG_IN = "Log in to AWS in this shell, or set AWS_PROFILE to a profile with credentials."

_ADVICE: tuple[tuple[type[Exception], str], ...] = (
    (exceptions.NoRegionError, "Set AWS_REGION to the region of the stack."),
    (exceptions.NoCredentialsError, _LOG_IN),
    (exceptions.PartialCredentialsError, _LOG_IN),
    (exceptions.CredentialRetrievalError, _LOG_IN),
    (exceptions.TokenRetrievalError, _LOG_IN),
    (exceptions.SSOError, _LOG_IN),
    (exceptions.ProfileNotFound, "Set AWS_PROFILE to one of: aws configure list-profiles"),
    (
        exceptions.EndpointConnectionError,
        "Check the network, AWS_REGION and AWS_ENDPOINT_URL. A local stack prints a new address at each start.",
    ),
)

_OLD_CREDENTIALS = {
    "ExpiredToken",
    "ExpiredTokenException",
    "InvalidClientTokenId",
    "RequestExpired",
    "UnrecognizedClientException",
}
"""Codes of credentials that expired, or that AWS does not know (docs.aws.amazon.com, common error codes)."""


def advice(error: Exception) -> str:
    """A sentence to append to the error's message; empty for an error that needs none."""
    known = next((text for kind, text in _ADVICE if isinstance(error, kind)), "")
    if isinstance(error, exceptions.ClientError) and error.response.get("Error", {}).get("Code") in _OLD_CREDENTIALS:
        known = _LOG_IN
    return f"{'' if str(error).rstrip().endswith('.') else '.'} {known}" if known else ""
