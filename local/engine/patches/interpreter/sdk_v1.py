"""Exceptions that the clients of the AWS SDK for Java 1 register, by which optimized integrations name errors.

A client registers exceptions for its whole service, not for an operation. Source: the newest stored copies of the clients in
github.com/aws/aws-sdk-java and its forks, by the year in their header. ``addErrorMetadata`` in ``AWSGlueClient.java`` (2022),
``AWSLambdaClient.java`` (2021), ``AmazonEventBridgeClient.java`` (2023), ``AmazonSQSClient.java`` (2023) and
``AWSStepFunctionsClient.java`` (2024); ``exceptionUnmarshallers`` in ``AmazonSNSClient.java`` (2021). No copy of the Glue and
EventBridge clients has a class ThrottlingException.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple


class Client(NamedTuple):
    """Names of one client.

    Attributes:
        base: class of an error that the client does not register.
        codes: registered error codes. The class of a code is the code, with ``Exception`` at its end.
        renamed: codes whose class has another name.
    """

    base: str
    codes: frozenset[str]
    renamed: Mapping[str, str] = MappingProxyType({})

    def class_of(self, code: str) -> str:
        """Class of an error code."""
        if code in self.renamed:
            return self.renamed[code]
        return f"{code.removesuffix('Exception')}Exception" if code in self.codes else self.base


def _codes(text: str) -> frozenset[str]:
    return frozenset(text.split())


CLIENTS = {
    "EventBridge": Client(
        "AmazonEventBridgeException",
        _codes(
            "ConcurrentModificationException IllegalStatusException InternalException InvalidEventPatternException "
            "InvalidStateException LimitExceededException ManagedRuleException OperationDisabledException "
            "PolicyLengthExceededException ResourceAlreadyExistsException ResourceNotFoundException"
        ),
    ),
    "Glue": Client(
        "AWSGlueException",
        _codes(
            "AccessDeniedException AlreadyExistsException ConcurrentModificationException ConcurrentRunsExceededException "
            "ConditionCheckFailureException ConflictException CrawlerNotRunningException CrawlerRunningException "
            "CrawlerStoppingException EntityNotFoundException GlueEncryptionException "
            "IdempotentParameterMismatchException IllegalBlueprintStateException IllegalSessionStateException "
            "IllegalWorkflowStateException InternalServiceException InvalidInputException InvalidStateException "
            "MLTransformNotReadyException NoScheduleException OperationTimeoutException PermissionTypeMismatchException "
            "ResourceNotReadyException ResourceNumberLimitExceededException SchedulerNotRunningException "
            "SchedulerRunningException SchedulerTransitioningException ValidationException VersionMismatchException"
        ),
    ),
    "Lambda": Client(
        "AWSLambdaException",
        _codes(
            "ServiceException InvalidParameterValueException ResourceNotFoundException "
            "InvalidRequestContentException "
            # of Invoke, in botocore's model
            "CodeArtifactUserDeletedException CodeArtifactUserFailedException CodeArtifactUserPendingException "
            "DurableExecutionAlreadyStartedException EC2AccessDeniedException EC2ThrottledException "
            "EC2UnexpectedException EFSIOException EFSMountConnectivityException EFSMountFailureException "
            "EFSMountTimeoutException ENILimitReachedException ENINotReadyException InvalidRuntimeException "
            "InvalidSecurityGroupIDException InvalidSubnetIDException InvalidZipFileException "
            "KMSAccessDeniedException KMSDisabledException KMSInvalidStateException KMSNotFoundException "
            "ModeNotSupportedException NoPublishedVersionException RecursiveInvocationException "
            "RequestTooLargeException ResourceConflictException ResourceNotReadyException "
            "RuntimeAliasDeletedException RuntimeVersionDeletedException S3FilesMountConnectivityException "
            "S3FilesMountFailureException S3FilesMountTimeoutException SerializedRequestEntityTooLargeException "
            "ServiceQuotaExceededException SnapStartException SnapStartNotReadyException "
            "SnapStartRegenerationFailureException SnapStartTimeoutException SubnetIPAddressLimitReachedException "
            "TooManyRequestsException UnsupportedMediaTypeException"
        ),
    ),
    "SNS": Client(
        "AmazonSNSException",
        _codes(
            "AuthorizationError BatchEntryIdsNotDistinct BatchRequestTooLong ConcurrentAccess EmptyBatchRequest "
            "EndpointDisabled FilterPolicyLimitExceeded InternalError InvalidBatchEntryId InvalidParameter "
            "InvalidSecurity KMSAccessDenied KMSDisabled KMSInvalidState KMSNotFound KMSOptInRequired KMSThrottling "
            "NotFound OptedOut PlatformApplicationDisabled ResourceNotFound StaleTag SubscriptionLimitExceeded "
            "TagLimitExceeded TagPolicy Throttled TooManyEntriesInBatchRequest TopicLimitExceeded UserError "
            "ValidationException VerificationException"
        ),
        {"ParameterValueInvalid": "InvalidParameterValueException"},
    ),
    "SQS": Client(
        "AmazonSQSException",
        _codes(
            "BatchEntryIdsNotDistinct BatchRequestTooLong EmptyBatchRequest InvalidAddress InvalidAttributeName "
            "InvalidAttributeValue InvalidBatchEntryId InvalidIdFormat InvalidMessageContents InvalidSecurity "
            "KmsAccessDenied KmsDisabled KmsInvalidKeyUsage KmsInvalidState KmsNotFound KmsOptInRequired KmsThrottled "
            "MessageNotInflight OverLimit PurgeQueueInProgress QueueDeletedRecently QueueDoesNotExist QueueNameExists "
            "ReceiptHandleIsInvalid RequestThrottled ResourceNotFoundException TooManyEntriesInBatchRequest "
            "UnsupportedOperation"
        ),
    ),
    "StepFunctions": Client(
        "AWSStepFunctionsException",
        _codes(
            "ActivityAlreadyExists ActivityDoesNotExist ActivityLimitExceeded ActivityWorkerLimitExceeded "
            "ConflictException ExecutionAlreadyExists ExecutionDoesNotExist ExecutionLimitExceeded ExecutionNotRedrivable "
            "InvalidArn InvalidDefinition InvalidEncryptionConfiguration InvalidExecutionInput "
            "InvalidLoggingConfiguration InvalidName InvalidOutput InvalidToken InvalidTracingConfiguration "
            "KmsAccessDeniedException KmsInvalidStateException KmsThrottlingException MissingRequiredParameter "
            "ResourceNotFound ServiceQuotaExceededException StateMachineAlreadyExists StateMachineDeleting "
            "StateMachineDoesNotExist StateMachineLimitExceeded StateMachineTypeNotSupported TaskDoesNotExist "
            "TaskTimedOut TooManyTags ValidationException"
        ),
    ),
}
"""Prefix of a service's errors in Step Functions to its client."""
