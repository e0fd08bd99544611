"""Plays scenarios in one tree of the repository, and prints each AWS call, log record and response of the router.

The file stands alone, because it runs in trees of several revisions: ``python -P driver.py TREE``. It uses only the interface
that all revisions have, ``tasks.downstream_orchestrator.handler``, and replaces AWS below botocore, at its HTTP session.
Standard input has one scenario a line (``scenarios.py``). The clock stands still but for calls and sleeps.
"""

from __future__ import annotations

import gc
import hashlib
import importlib
import io
import json
import logging
import os
import re
import sys
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import botocore.httpsession
import botocore.retries.quota
import botocore.retries.standard
import botocore.session
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ConnectTimeoutError, ReadTimeoutError

MACHINE = "arn:aws:states:us-west-1:123456789012:stateMachine:m"
EPOCH = 1_790_000_000
CALL_SECONDS = 0.01
HANDLER = "tasks.downstream_orchestrator"


class Clock:
    """Time of a scenario."""

    now = 0.0

    def sleep(self, seconds: float) -> None:
        self.now += seconds


CLOCK = Clock()


def emit(*line: Any) -> None:
    """Print one line."""
    sys.stdout.write(json.dumps(line) + "\n")


class RefusedError(Exception):
    """A service refuses the call."""

    def __init__(self, code: str, status: int = 400, item: Any = None) -> None:
        super().__init__(code)
        self.code, self.status, self.fields = code, status, {"Item": item} if item else {}


class Raw(io.BytesIO):
    """Body of an answer, as botocore reads it."""

    def stream(self, **_: Any) -> Any:
        yield self.read()


class World:
    """AWS of one scenario: S3, SSM, Step Functions with its executions, DynamoDB."""

    def __init__(self, fate: dict[str, Any]) -> None:
        self.fate = fate
        self.versions: list[bytes] = []
        self.parameters: list[str] = []
        self.unversioned = bool(fate.get("unversioned"))
        self.executions: dict[str, dict[str, Any]] = {}
        self.items: dict[str, dict[str, Any]] = {}
        self.faults: dict[str, list[str]] = {}

    def call(self, operation: str, params: dict[str, Any]) -> tuple[int, dict[str, str], bytes]:
        """Answer one attempt of a call."""
        emit("call", operation, json.dumps(params, sort_keys=True))
        CLOCK.now += CALL_SECONDS
        waiting = self.faults.get(operation, [])
        fault = waiting.pop(0) if waiting else ""
        if fault:
            emit("fault", operation, fault)
        if fault == "connect":
            CLOCK.now += 2
            raise ConnectTimeoutError(endpoint_url="https://aws")
        if fault == "slow":
            CLOCK.now += 12
        try:
            if fault in FAULTS:
                raise RefusedError(*FAULTS[fault])
            answer = getattr(self, operation)(params)
        except RefusedError as refused:
            body = {"__type": refused.code, "message": f"{operation} refused", **refused.fields}
            if operation == "GetObject":
                text = f"<Error><Code>{refused.code}</Code><Message>GetObject refused</Message></Error>"
                return (
                    refused.status,
                    {"content-type": "application/xml"},
                    b"" if refused.status == 304 else text.encode(),
                )
            return refused.status, {"content-type": "application/x-amz-json-1.0"}, json.dumps(body).encode()
        if fault == "lost":
            CLOCK.now += 5
            raise ReadTimeoutError(endpoint_url="https://aws")
        if fault == "500":
            return 500, {"content-type": "application/x-amz-json-1.0"}, b'{"__type":"InternalFailure"}'
        if isinstance(answer, tuple):
            headers, body = answer
            length = str(len(body) + (1 if fault == "broken" else 0))
            return 200, {**headers, "content-length": length}, body
        return 200, {"content-type": "application/x-amz-json-1.0"}, json.dumps(answer).encode()

    def GetObject(self, params: dict[str, Any]) -> tuple[dict[str, str], bytes]:  # noqa: N802 - AWS's name
        if not self.versions:
            raise RefusedError("NoSuchKey", 404)
        wanted = params.get("versionId", "")
        if wanted and (self.fate.get("lost_versions") or wanted not in map(str, range(1, len(self.versions) + 1))):
            raise RefusedError("NoSuchVersion", 404)
        number = int(wanted) if wanted else len(self.versions)
        body = self.versions[number - 1]
        etag = f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"'
        if params.get("If-None-Match") == etag:
            raise RefusedError("304", 304)
        version = {} if self.unversioned else {"x-amz-version-id": str(number)}
        return {"etag": etag, **version}, body

    def GetParameter(self, params: dict[str, Any]) -> dict[str, Any]:  # noqa: N802 - AWS's name
        _, _, wanted = params["Name"].partition(":")
        number = int(wanted or len(self.parameters))
        if not 1 <= number <= len(self.parameters):
            raise RefusedError("ParameterNotFound")
        return {"Parameter": {"Name": params["Name"], "Value": self.parameters[number - 1], "Version": number}}

    def StartExecution(self, params: dict[str, Any]) -> dict[str, Any]:  # noqa: N802 - AWS's name
        machine = params["stateMachineArn"].split(":")[6]
        execution = params["stateMachineArn"].replace(":stateMachine:", ":execution:")
        arn = f"{':'.join(execution.split(':')[:7])}:{params['name']}"
        key = f"{machine}:{params['name']}"
        known = self.executions.get(key)
        if known is not None and not (known["status"] == "RUNNING" and known["input"] == params["input"]):
            raise RefusedError("ExecutionAlreadyExists")
        if known is None:
            self.start(key, params["input"])
        return {"executionArn": arn, "startDate": EPOCH + CLOCK.now}

    def DescribeExecution(self, params: dict[str, Any]) -> dict[str, Any]:  # noqa: N802 - AWS's name
        machine, name = params["executionArn"].split(":")[6:8]
        execution = self.executions.get(f"{machine}:{name}")
        if execution is None:
            raise RefusedError("ExecutionDoesNotExist")
        answer = {"executionArn": params["executionArn"], "name": name, "stateMachineArn": MACHINE}
        answer |= {key: execution[key] for key in ("status", "input", "startDate")}
        return answer | {key: execution[key] for key in ("output", "stopDate", "error", "cause") if key in execution}

    def GetExecutionHistory(self, params: dict[str, Any]) -> dict[str, Any]:  # noqa: N802 - AWS's name
        machine, name = params["executionArn"].split(":")[6:8]
        execution = self.executions.get(f"{machine}:{name}")
        if execution is None:
            raise RefusedError("ExecutionDoesNotExist")
        events, size = execution["history"], 4
        first = int(params.get("nextToken") or 0)
        more = {"nextToken": str(first + size)} if first + size < len(events) else {}
        page = [
            {"timestamp": EPOCH, "id": first + at + 1, **one} for at, one in enumerate(events[first : first + size])
        ]
        return {"events": page, **more}

    def UpdateItem(self, params: dict[str, Any]) -> dict[str, Any]:  # noqa: N802 - AWS's name
        key = params["Key"]["id"]["S"]
        before = self.items.get(key, {})
        condition = params.get("ConditionExpression")
        if condition and not Expression(condition, params, before).true():
            with_item = params.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD" and before
            hidden = self.chance("hidden", key) < self.fate.get("hidden_items", 0)
            raise RefusedError("ConditionalCheckFailedException", item=before if with_item and not hidden else None)
        after = {**before, "id": params["Key"]["id"]}
        after |= Expression(params["UpdateExpression"].removeprefix("SET "), params, before).assigned()
        self.items[key] = after
        return {"Attributes": after}

    def GetItem(self, params: dict[str, Any]) -> dict[str, Any]:  # noqa: N802 - AWS's name
        found = self.items.get(params["Key"]["id"]["S"])
        return {"Item": found} if found else {}

    def chance(self, *about: str) -> float:
        """A number from 0 to 1 that depends on the scenario and ``about`` only, not on the order of calls."""
        digest = hashlib.sha256("\0".join((str(self.fate["seed"]), *about)).encode(errors="surrogatepass")).digest()
        return int.from_bytes(digest[:6], "big") / 2**48

    def start(self, key: str, text: str) -> None:
        """Run an execution: each item starts its target or fails, and a batch starts one more execution."""
        execution: dict[str, Any] = {
            "input": text,
            "status": "SUCCEEDED",
            "startDate": EPOCH + CLOCK.now,
            "history": [],
        }
        self.executions[key] = execution
        given = json.loads(text)
        if "triggers" not in given:
            execution["status"] = "RUNNING"
            return
        outcomes = []
        for index, item in enumerate(given["triggers"]):
            outcome = {"index": index, "id": item["id"], "type": item["type"], "name": item["name"]}
            outcomes.append(outcome | self.run(key, given, item))
        fate = self.chance("end", key)
        failed = any(one["result"]["status"] == "FAILED" for one in outcomes)
        running, stopped = self.fate.get("running", 0), self.fate.get("stopped", 0)
        if fate < running:
            execution |= {"status": "RUNNING", "outcomes": outcomes}
            return
        if fate < running + stopped:
            kept = outcomes[: len(outcomes) // 2]
            history = [{"type": "MapStateExited", "stateExitedEventDetails": _exited(one)} for one in reversed(kept)]
            end = {"type": "ExecutionAborted"}
            execution |= {"status": "ABORTED", "stopDate": EPOCH + 60, "history": [end, *history]}
            return
        self.end(execution, outcomes, failed=failed)

    def run(self, key: str, given: dict[str, Any], item: dict[str, Any]) -> dict[str, Any]:
        """Result of one item."""
        if item["type"] == "batch":
            if self.chance("batch", key, item["id"]) < self.fate.get("lost_batches", 0):
                return {"result": {"status": "FAILED"}, "error": {"Error": "States.Timeout", "Cause": "no batch"}}
            request = item["request"]
            child = {"event": given["event"], "triggers": request["triggers"], "routing": request["routing"]}
            name = f"{key.partition(':')[0]}:{request['Name']}"
            if name not in self.executions:
                self.start(name, json.dumps(child, ensure_ascii=False))
            return {"result": {"status": "TRIGGERED", "id": request["Name"]}}
        if item["type"] == "rejected":
            return {"result": {"status": "FAILED"}, "error": item["request"]}
        if self.chance("item", key, item["id"]) < self.fate.get("failing", 0):
            return {"result": {"status": "FAILED"}, "error": {"Error": "Glue.Refused", "Cause": f"no {item['name']}"}}
        return {"result": {"status": "TRIGGERED", "id": f"run-{item['id']}"}}

    def end(self, execution: dict[str, Any], outcomes: list[Any], *, failed: bool) -> None:
        """End an execution with its outcomes, as the state machine does."""
        text = json.dumps({"outcomes": outcomes})
        execution["stopDate"] = EPOCH + 60
        if not failed:
            execution |= {"status": "SUCCEEDED", "output": text}
            return
        entered = {"type": "ChoiceStateEntered", "stateEnteredEventDetails": {"name": "Any failed?", "input": text}}
        execution["history"] = [{"type": "ExecutionFailed"}, {"type": "FailStateEntered"}, entered]
        execution |= {"status": "FAILED", "error": "TriggersFailed", "cause": "some triggers failed"}

    def settle(self) -> None:
        """End the running executions."""
        for execution in self.executions.values():
            if execution["status"] == "RUNNING" and "outcomes" in execution:
                failed = any(one["result"]["status"] == "FAILED" for one in execution["outcomes"])
                self.end(execution, execution["outcomes"], failed=failed)


def _exited(outcome: dict[str, Any]) -> dict[str, Any]:
    return {"name": "Item", "output": json.dumps(outcome)}


FAULTS: dict[str, tuple[str, int]] = {
    "throttle": ("ThrottlingException", 400),
    "denied": ("AccessDenied", 403),
    "limit": ("ExecutionLimitExceeded", 400),
    "invalid": ("ValidationException", 400),
    "slowdown": ("SlowDown", 503),
    "missing": ("NoSuchKey", 404),
    "no_parameter": ("ParameterNotFound", 400),
    "no_table": ("ResourceNotFoundException", 400),
}
"""Fault to its code and HTTP status. Others: connect, lost (effect without answer), slow, broken (S3's body), 500."""

_TOKEN = re.compile(r"\s*(\(|\)|,|=|[#:A-Za-z_][A-Za-z0-9_]*)")


class Expression:
    """A condition or an update of DynamoDB, over one item."""

    def __init__(self, text: str, params: dict[str, Any], item: dict[str, Any]) -> None:
        self.tokens = _TOKEN.findall(text)
        self.names = params.get("ExpressionAttributeNames", {})
        self.values = params.get("ExpressionAttributeValues", {})
        self.item = item

    def true(self) -> bool:
        """Value of ``a OR b AND (c)``."""
        result = self._all()
        while self._next("OR"):
            result = self._all() or result
        return result

    def assigned(self) -> dict[str, Any]:
        """The attributes that ``a = b, c = if_not_exists(c, d)`` sets."""
        result = {}
        while self.tokens:
            name = self.names[self.tokens.pop(0)]
            self._need("=")
            result[name] = self._operand()
            self._next(",")
        return result

    def _all(self) -> bool:
        result = self._term()
        while self._next("AND"):
            result = self._term() and result
        return result

    def _term(self) -> bool:
        if self._next("("):
            result = self.true()
            self._need(")")
            return result
        if self._next("attribute_not_exists"):
            self._need("(")
            name = self.names[self.tokens.pop(0)]
            self._need(")")
            return name not in self.item
        left = self._operand()
        self._need("=")
        return bool(left == self._operand())

    def _operand(self) -> Any:
        token = self.tokens.pop(0)
        if token == "if_not_exists":
            self._need("(")
            name = self.names[self.tokens.pop(0)]
            self._need(",")
            default = self._operand()
            self._need(")")
            return self.item.get(name, default)
        return self.values[token] if token.startswith(":") else self.item.get(self.names[token])

    def _next(self, token: str) -> bool:
        if self.tokens[:1] == [token]:
            del self.tokens[0]
            return True
        return False

    def _need(self, token: str) -> None:
        if not self._next(token):
            raise ValueError(f"expected {token!r} before {self.tokens}")


class Log(logging.Handler):
    """Prints the records; Lambda's runtime has such a handler at the root logger."""

    def emit(self, record: logging.LogRecord) -> None:
        emit("log", record.levelname, record.getMessage())
        if record.exc_info and record.exc_info[0] is not None:
            # Not the traceback: it has the places of the code.
            emit("exception", record.exc_info[0].__name__, str(record.exc_info[1]))


class Context:
    """Lambda's context of one invocation."""

    def __init__(self, request_id: str, milliseconds: int) -> None:
        self.aws_request_id, self.ends_at = request_id, CLOCK.now + milliseconds / 1000

    def get_remaining_time_in_millis(self) -> int:
        return round((self.ends_at - CLOCK.now) * 1000)


class Player:
    """Plays the scenarios one after the other."""

    def __init__(self) -> None:
        self.world = World({"seed": 0})
        self.clients: dict[str, Any] = {}
        self.registered: list[tuple[Any, str, Any]] = []
        self.handler: Callable[[Any, Any], Any] = lambda event, context: None

    def send(self, request: Any) -> AWSResponse:
        """Answer a request in place of ``URLLib3Session.send``."""
        target = request.headers.get("X-Amz-Target")
        if target:
            target = target.decode() if isinstance(target, bytes) else target
            operation, params = target.rpartition(".")[2], json.loads(request.body)
        else:
            url = urlsplit(request.url)
            operation, params = "GetObject", {"address": f"{url.netloc}{unquote(url.path)}"}
            params |= {key: values[0] for key, values in parse_qs(url.query).items()}
            for name in ("If-None-Match",):
                value = request.headers.get(name)
                params |= {name: value.decode() if isinstance(value, bytes) else value} if value else {}
        status, headers, body = self.world.call(operation, params)
        return AWSResponse(request.url, status, headers, Raw(body))

    def client(self, create: Callable[..., Any]) -> Callable[..., Any]:
        """``Session.create_client`` that creates each client once: a creation takes 50 milliseconds."""

        def create_client(session: Any, service_name: str, *given: Any, **options: Any) -> Any:
            if service_name not in self.clients:
                client = self.clients[service_name] = create(session, service_name, *given, **options)
                for name in ("register", "register_first", "register_last"):
                    setattr(client.meta.events, name, self.noted(client.meta.events, getattr(client.meta.events, name)))
            return self.clients[service_name]

        return create_client

    def noted(self, events: Any, register: Callable[..., None]) -> Callable[..., None]:
        """A method that registers a handler of the router, and notes it."""

        def register_noted(event_name: str, handler: Any, *given: Any, **options: Any) -> None:
            self.registered.append((events, event_name, handler))
            register(event_name, handler, *given, **options)

        return register_noted

    def cold(self) -> None:
        """Begin a new execution environment: the handler's module, without what it cached."""
        for events, name, function in self.registered:  # of the former environment, which had a deadline
            events.unregister(name, function)
        self.registered.clear()
        sys.modules.pop(HANDLER, None)
        self.handler = importlib.import_module(HANDLER).handler

    def play(self, scenario: dict[str, Any]) -> None:
        """Play one scenario."""
        CLOCK.now = 1_000.0
        self.world = World(scenario["fate"])
        for name in [name for name in os.environ if name.startswith(ROUTER_VARIABLES)]:
            del os.environ[name]
        os.environ.update(scenario["environment"])
        self.cold()
        for number, step in enumerate(scenario["steps"]):
            getattr(self, f"_{step['do']}")(step, f"request-{scenario['number']}-{number}")
        emit("end", scenario["number"])
        sys.stdout.flush()

    def _upload(self, step: dict[str, Any], _: str) -> None:
        self.world.versions.append(_bytes(step["text"]))

    def _parameter(self, step: dict[str, Any], _: str) -> None:
        self.world.parameters.append(step["text"])

    def _faults(self, step: dict[str, Any], _: str) -> None:
        self.world.faults = {operation: list(faults) for operation, faults in step["faults"].items()}

    def _environment(self, step: dict[str, Any], _: str) -> None:
        os.environ.update(step["variables"])

    def _settle(self, step: dict[str, Any], _: str) -> None:
        self.world.settle()

    def _fate(self, step: dict[str, Any], _: str) -> None:
        self.world.fate |= step["fate"]

    def _cold(self, step: dict[str, Any], _: str) -> None:
        self.cold()

    def _deliver(self, step: dict[str, Any], request_id: str) -> None:
        self._invoke(_expanded(step["payload"]), step, request_id)

    def _replay(self, step: dict[str, Any], request_id: str) -> None:
        """Replay an execution that the world has: the scenario cannot know its name."""
        machine = MACHINE.rpartition(":")[2]
        names = [key.partition(":")[2] for key in self.world.executions if key.startswith(f"{machine}:")]
        if not names:
            emit("delivery", ["no execution"])
            return
        name = names[step["of"] % len(names)]
        given = json.loads(self.world.executions[f"{machine}:{name}"]["input"])
        ids = [one for item in given["triggers"] for one in (item["id"], *_inner_ids(item))]
        only: Any = [ids[pick % len(ids)] for pick in step["only"]] + step.get("unknown", [])
        if step.get("successors"):
            only = {one: step["successors"].get(str(at), one) for at, one in enumerate(only)}
        request = {"of": name, **step["flags"]} | ({"only": only} if only else {})
        event = {**given["event"], **step.get("fields", {}), "$replay": request}
        self._invoke(event, step, request_id)

    def _invoke(self, payload: Any, step: dict[str, Any], request_id: str) -> None:
        emit("delivery", step.get("tags", []))
        context = Context(step.get("request_id", request_id), step.get("milliseconds", 120_000))
        try:
            response = self.handler(payload, context)
        except Exception as error:  # noqa: BLE001 - the error is what is compared
            emit("raised", type(error).__name__, str(error))
            return
        try:
            emit("response", json.dumps(response))
        except (TypeError, ValueError, RecursionError) as error:
            emit("response", f"not JSON: {type(error).__name__}")


ROUTER_VARIABLES = ("STATE_MACHINE_", "WORKFLOW_CONFIG_", "MWAA_TRIGGER_", "REQUIRE_CONFIG", "JOB_", "JOIN", "WAIT_FOR_RUNS",
                    "DEPLOY_ENV", "LOG_LEVEL")  # fmt: skip


def _inner_ids(item: dict[str, Any]) -> list[str]:
    return [one["id"] for one in item["request"].get("triggers", [])] if item["type"] == "batch" else []


def _bytes(text: str) -> bytes:
    """Bytes of a configuration; characters U+DC80 to U+DCFF stand for bytes that are not UTF-8."""
    return text.encode(errors="surrogateescape")


def _expanded(value: Any) -> Any:
    """The payload; ``{"$nest": N}`` becomes N lists in each other, which JSON cannot carry to this process."""
    if isinstance(value, dict):
        if value.keys() == {"$nest"}:
            nested: Any = []
            for _ in range(value["$nest"]):
                nested = [nested]
            return nested
        return {key: _expanded(one) for key, one in value.items()}
    return [_expanded(one) for one in value] if isinstance(value, list) else value


def main(tree: str) -> None:
    """Play the scenarios of standard input with the router in ``tree``."""
    time.time = lambda: EPOCH + CLOCK.now
    time.monotonic = lambda: CLOCK.now
    time.sleep = CLOCK.sleep  # type: ignore[assignment]
    gc.freeze = lambda: None  # each scenario is a cold start, and frozen garbage would never be freed
    os.environ |= {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "s", "AWS_DEFAULT_REGION": "us-west-1"}
    os.environ |= {"AWS_REGION": "us-west-1", "AWS_CONFIG_FILE": os.devnull, "AWS_EC2_METADATA_DISABLED": "true"}
    os.environ["AWS_SHARED_CREDENTIALS_FILE"] = os.devnull
    sys.path.insert(0, tree)
    player = Player()
    botocore.httpsession.URLLib3Session.send = lambda _, request: player.send(request)
    botocore.session.Session.create_client = player.client(botocore.session.Session.create_client)
    session = botocore.session.get_session()
    botocore.session.get_session = lambda *_, **__: session
    # The quota of retries belongs to a client, and the clients outlive a scenario.
    botocore.retries.quota.RetryQuota.acquire = lambda *_: True
    botocore.retries.standard.ExponentialBackoff.delay_amount = lambda *_: 0.5
    logging.getLogger().addHandler(Log())
    player.cold()
    place = importlib.import_module("orchestration").__file__ or ""
    if not os.path.realpath(place).startswith(os.path.realpath(tree) + os.sep):
        raise SystemExit(f"{place}: expected the package of {tree}")
    for line in sys.stdin:
        player.play(json.loads(line))


if __name__ == "__main__":
    main(sys.argv[1])
