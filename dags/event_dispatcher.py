"""Starts a DAG run for each message in SQS; runs unchanged on Airflow 2.10, 2.11 and 3.

The orchestrator's ``sqs_mwaa`` triggers, or other producers, send ``{"dag_id", "conf", "message_id"}`` to the queue in the
Airflow Variable ``mwaa_trigger_queue_url``; ``conf`` and ``message_id`` are optional. Each valid message becomes one DAG run of
``dag_id``, even if it arrives several times under one id. The dispatcher deletes a message only after its run exists. Other
messages stay in the queue until its redrive policy moves them to the dead-letter queue; the last task fails and names them.
The optional Variable ``mwaa_trigger_allowed_dags`` lists the DAGs that the queue may start.

This file imports only Airflow and boto3, because it is copied to MWAA alone.
"""

from __future__ import annotations

import fnmatch
import hashlib
import json
import logging
import math
import random
import re
import time
from datetime import datetime, timedelta, timezone
from typing import Any

try:  # Airflow 3.1 and newer
    from airflow.sdk.exceptions import AirflowException, AirflowFailException, AirflowSkipException
except ImportError:
    from airflow.exceptions import AirflowException, AirflowFailException, AirflowSkipException

try:  # Airflow 3
    from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
    from airflow.sdk import Variable, dag, get_current_context, task

    AIRFLOW_3 = True
except ImportError:  # Airflow 2
    AIRFLOW_3 = False
    from airflow.decorators import dag, task
    from airflow.models import Variable
    from airflow.operators.python import get_current_context
    from airflow.operators.trigger_dagrun import TriggerDagRunOperator

DAG_ID = "event_dispatcher"
RUN_ID_PREFIX = "event__"  # differs from the prefixes that Airflow reserves, such as "scheduled__"
QUEUE_VARIABLE = "mwaa_trigger_queue_url"
ALLOWED_VARIABLE = "mwaa_trigger_allowed_dags"

# Limits of one run. Airflow refuses to map over more than 1,024 items (core.max_map_length), and every mapped instance reads the
# whole list from its XCom. A small environment starts few tasks a minute, and a run that exceeds its timeout deletes nothing.
# The next run starts at once and receives the remaining messages.
MAX_MESSAGES = 50
MAX_BYTES = 512 * 1024
MAX_SECONDS = 20  # a slow stream of messages must not delay the first one
# DAG runs that one task starts. A task of Airflow 3 can start one: the operator ends the task with an exception.
RUNS_PER_TASK = 1 if AIRFLOW_3 else 25

IDLE_SECONDS = 300  # an idle environment makes 290 runs a day
WAIT_SECONDS = 20  # the longest that SQS allows; messages end the wait

# More than IDLE_SECONDS and the work on a full batch. The queue's VisibilityTimeout must be longer (900 s), so that no message
# returns while its run may still work on it.
DAGRUN_TIMEOUT = timedelta(minutes=10)

MAX_DEPTH = 120
MAX_INTEGER = 2**63  # Airflow 3's tasks talk to their supervisor in MessagePack
# Airflow's XCom treats a dict with one of these keys as a serialized object, and refuses or imports it.
XCOM_KEYS = frozenset(
    {"__classname__", "__type", "__var", "__source", "__version__", "__data__", "__id__", "__cache__"}
)
_DAG_ID = re.compile(r"[A-Za-z0-9_.-]{1,250}")
_DAG_PATTERN = re.compile(r"[A-Za-z0-9_.*-]{1,250}")
_MESSAGE_ID = re.compile(r"[A-Za-z0-9_.~:+-]{1,200}")  # Airflow's allowed_run_id_pattern
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_REGION = re.compile(r"https://(?:sqs\.)?([a-z]{2,}(?:-[a-z]+)+-\d+)\.")

RUN = ("trigger_dag_id", "trigger_run_id", "conf")
REUSED = "Its producer reused a message_id. The run keeps its conf, and this message stays in the queue"

log = logging.getLogger(__name__)


class StartDagRuns(TriggerDagRunOperator):
    """Starts DAG runs whose conf is data.

    Airflow renders a dict from a mapping as a template. The text of a message must never be evaluated: ``{{ conn.… }}`` in an
    event would read a secret. So ``conf`` is not a template field.

    Args:
        more: the keyword arguments of further DAG runs.
        first: the keyword arguments of ``TriggerDagRunOperator``.
    """

    # For the link to the started run. Neither value can contain a template.
    template_fields = ("trigger_dag_id", "trigger_run_id")

    def __init__(self, *, more: list[dict[str, Any]], **first: Any) -> None:
        super().__init__(**first)
        self.more = more
        others = f" and {len(more)} more" if more else ""
        # Airflow stores 250 characters.
        self.title = f"{first['trigger_dag_id']} {first['trigger_run_id'].removeprefix(RUN_ID_PREFIX)}"[:230] + others

    def execute(self, context: Any) -> None:
        """Start each run with its message's conf only: newer providers would add lineage to it.

        A run that fails does not stop the others. Only then does the task fail.
        """
        self.openlineage_inject_parent_info = False
        if not self.more:
            super().execute(context)
            return
        # In random order: a run that kills the process does not stop the same others each time. The link shows the last one.
        runs = [*random.sample(self.more, len(self.more)), {name: getattr(self, name) for name in RUN}]
        failed = []
        for run in runs:
            for name, value in run.items():
                setattr(self, name, value)
            try:
                super().execute(context)
            except AirflowSkipException:
                log.info("%s exists already", _name(run))
            except Exception:  # any: it must not stop the other runs, and the task fails below
                log.exception("%s was not started", _name(run))
                failed.append(_name(run))
        if failed:
            raise AirflowException(f"{len(failed)} of {len(runs)} DAG runs were not started: {'; '.join(failed)}")


class MessageError(ValueError):
    """A message that cannot start a DAG run. Its producer acts."""


def parse_message(body: str, sqs_id: str) -> dict[str, Any]:
    """Return the keyword arguments of ``TriggerDagRunOperator`` for a message.

    A message that Airflow cannot store would fail the polling task, and all other messages with it. So this function refuses
    everything that XCom or the database would refuse.

    Args:
        body: body of the message.
        sqs_id: id that SQS gave the message, for producers without a ``message_id``.

    Raises:
        MessageError: the body is not ``{"dag_id": text, "conf": optional object, "message_id": optional text}``.
    """
    message = _parse(body)
    if not isinstance(message, dict):
        raise MessageError(f"found {_kind(message)}, expected an object with dag_id and conf")
    if "dag_id" not in message:
        _refuse_envelope(message)
    dag_id, conf, message_id = message.get("dag_id"), message.get("conf", {}), message.get("message_id", sqs_id)
    if not isinstance(dag_id, str) or not _DAG_ID.fullmatch(dag_id):
        raise MessageError(f"dag_id: found {dag_id!r:.80}, expected at most 250 letters, digits, '_', '.', '-'")
    if dag_id == DAG_ID:
        raise MessageError(f"dag_id: found {dag_id!r}, the dispatcher itself; expected a target DAG")
    if not isinstance(conf, dict):
        raise MessageError(f"conf: found {_kind(conf)}, expected an object")
    if not isinstance(message_id, str) or not _MESSAGE_ID.fullmatch(message_id):
        raise MessageError(
            f"message_id: found {message_id!r:.80}, expected at most 200 letters, digits, or any of _ . ~ : + -"
        )
    check_xcom_safe(conf)
    return {"trigger_dag_id": dag_id, "trigger_run_id": f"{RUN_ID_PREFIX}{message_id}", "conf": conf}


def _refuse_envelope(message: dict[str, Any]) -> None:
    if {"Type", "TopicArn", "Message"} <= message.keys():
        raise MessageError(
            "is an SNS envelope, expected its Message only; enable raw message delivery on the subscription"
        )
    if {"detail-type", "source", "detail"} <= message.keys():
        raise MessageError("is an EventBridge event, expected its detail only; set the target's input path to $.detail")


def _parse(body: str) -> Any:
    try:
        body.encode()
        return json.loads(
            body,
            parse_constant=_refuse_number,
            parse_float=_finite,
            parse_int=_xcom_integer,
            object_pairs_hook=_object,
        )
    except MessageError:
        raise
    except RecursionError:
        raise MessageError("is nested too deeply") from None
    except ValueError as error:
        raise MessageError(f"is not JSON: {error}") from None


def _refuse_number(name: str) -> Any:
    raise MessageError(f"contains {name:.40}, which JSON does not allow")


def _finite(text: str) -> float:
    number = float(text)
    if math.isfinite(number) and not -MAX_INTEGER <= number < MAX_INTEGER:  # PostgreSQL returns 1e20 as an integer
        raise MessageError(f"contains the number {text:.40}, which Airflow does not accept; send it as a string")
    return number if math.isfinite(number) else _refuse_number(text)


def _xcom_integer(text: str) -> int:
    number = int(text) if len(text) <= 20 else MAX_INTEGER
    if not -MAX_INTEGER <= number < MAX_INTEGER:
        raise MessageError(f"contains the integer {text:.40}, which Airflow does not accept; send it as a string")
    return number


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise MessageError("contains a key twice in one object")
    return found


def _kind(value: Any) -> str:
    return {dict: "an object", list: "a list", str: "a string", type(None): "nothing"}.get(
        type(value), "a number or boolean"
    )


def check_xcom_safe(conf: dict[str, Any]) -> None:
    """Refuse values that XCom or the database would refuse."""
    level: list[Any] = [conf]
    for _ in range(MAX_DEPTH):
        keys = [key for one in level if isinstance(one, dict) for key in one]
        reserved = XCOM_KEYS.intersection(keys)
        if reserved:
            raise MessageError(f"conf: found the key {min(reserved)}, which Airflow reserves; rename it")
        if any(_UNSTORABLE.search(text) for text in (*keys, *level) if isinstance(text, str)):
            raise MessageError(
                "conf: found a NUL character or an unpaired surrogate, which Airflow's database does not store"
            )
        containers = [one for one in level if isinstance(one, (dict, list))]
        level = [item for one in containers for item in (one.values() if isinstance(one, dict) else one)]
        if not level:
            return
    raise MessageError(f"conf: found more than {MAX_DEPTH} levels, expected fewer")


def sqs_client(queue_url: str) -> Any:
    """Create an SQS client in the region of the queue's URL, or in the environment's region."""
    # Imported here: Airflow parses this file in each task, and a task that starts a run needs none of it (0.25 s of CPU).
    import boto3  # noqa: PLC0415
    from botocore.config import Config  # noqa: PLC0415

    region = _REGION.match(queue_url)
    # An unreachable address, such as another region's from a private network, must fail within a minute: 2 attempts of 30 s.
    retries = {"mode": "standard", "total_max_attempts": 2}
    settings = Config(connect_timeout=5, read_timeout=WAIT_SECONDS + 10, retries=retries)
    return boto3.client("sqs", region_name=region.group(1) if region else None, config=settings)


def idle_seconds(started: datetime) -> float:
    """Return how long ``poll`` may wait for a message. It is negative if the run started more than IDLE_SECONDS ago.

    Airflow notices after five minutes that a worker died, and tries ``poll`` again. A full wait would then exceed the run's
    timeout, and a message that ends such a wait would have to wait for its visibility timeout.

    Args:
        started: start of the DAG run.
    """
    now = datetime.now(timezone.utc)  # noqa: UP017 - as Airflow's own examples
    return min(0.0, (started - now).total_seconds()) + IDLE_SECONDS


def receive(client: Any, queue_url: str, seconds: float) -> list[dict[str, Any]]:
    """Wait for messages, then receive more until the queue is empty or a limit of the run is reached.

    It looks into the queue at least once, so that a busy environment makes progress.
    """
    idle_until = time.monotonic() + seconds
    messages = _receive(client, queue_url, _wait(seconds))
    while not messages and (left := idle_until - time.monotonic()) > 0:
        messages = _receive(client, queue_url, _wait(left))
    size = _size(messages)
    until = time.monotonic() + MAX_SECONDS
    while 0 < len(messages) <= MAX_MESSAGES - 10 and size < MAX_BYTES and time.monotonic() < until:
        try:
            batch = _receive(client, queue_url, 0)
        except Exception as error:  # noqa: BLE001 - the messages that came must start their runs
            log.warning("SQS returned no more messages, continuing with %d: %s", len(messages), error)
            break
        if not batch:
            break
        messages += batch
        size += _size(batch)
    return messages


def _wait(seconds: float) -> int:
    return min(WAIT_SECONDS, max(1, int(seconds)))


def _receive(client: Any, queue_url: str, seconds: int) -> list[dict[str, Any]]:
    answer = client.receive_message(QueueUrl=queue_url, MaxNumberOfMessages=10, WaitTimeSeconds=seconds)
    messages: list[dict[str, Any]] = answer.get("Messages", [])
    return messages


def _size(messages: list[dict[str, Any]]) -> int:
    return sum(len(message["Body"].encode()) for message in messages)


def group_by_dag_run(
    messages: list[dict[str, Any]], allowed: list[str]
) -> tuple[list[dict[str, Any]], list[list[dict[str, str]]], list[str]]:
    """Group the messages by DAG run, so that each run starts once.

    Args:
        messages: of SQS.
        allowed: patterns of the DAGs that the queue may start. Empty: all.

    Returns:
        The DAG runs to start; the messages of each run; and a line for each invalid message.
    """
    runs: dict[tuple[str, str], dict[str, Any]] = {}
    sources: dict[tuple[str, str], dict[str, str]] = {}
    problems: dict[str, str] = {}
    for message in messages:
        sqs_id = message["MessageId"]
        try:
            run = parse_message(message["Body"], sqs_id)
            if allowed and not any(fnmatch.fnmatchcase(run["trigger_dag_id"], pattern) for pattern in allowed):
                expected = f"expected one that the Airflow Variable {ALLOWED_VARIABLE} lists"
                raise MessageError(f"dag_id: found {run['trigger_dag_id']!r}, {expected}")
            # Two runs with one id in one batch would raise an IntegrityError in the database.
            key = (run["trigger_dag_id"], run["trigger_run_id"])
            known = runs.setdefault(key, run)
            if digest(known["conf"]) != digest(run["conf"]):
                raise MessageError(f"{_name(run)} has another conf in another message. {REUSED}")
        except MessageError as error:
            problems[sqs_id] = f"message {sqs_id}: {error}"
            log.error("Rejected message %s: %s. It begins with %.200r", sqs_id, error, message["Body"])
            continue
        if sources.get(key):
            log.warning("Duplicate message %s: %s is in this batch already", sqs_id, _name(run))
        sources.setdefault(key, {})[sqs_id] = message["ReceiptHandle"]
    entries = [[{"Id": one, "ReceiptHandle": receipt} for one, receipt in sources[key].items()] for key in runs]
    return list(runs.values()), entries, list(problems.values())


def _name(run: dict[str, Any]) -> str:
    return f"DAG {run['trigger_dag_id']}, run {run['trigger_run_id']}"


def _conflict(ids: str, run: dict[str, Any]) -> str:
    return f"message {ids}: {_name(run)} exists with another conf. {REUSED}"


def digest(conf: Any) -> str:
    """Return a text that is equal for equal confs."""
    return hashlib.sha256(json.dumps(conf, sort_keys=True).encode()).hexdigest()


def delete(client: Any, queue_url: str, entries: list[dict[str, str]]) -> list[str]:
    """Delete messages; returns a line for each that SQS did not delete. It returns, finds its run, and is deleted then."""
    kept: list[str] = []
    for start in range(0, len(entries), 10):
        batch = entries[start : start + 10]
        try:
            failures = client.delete_message_batch(QueueUrl=queue_url, Entries=batch).get("Failed", [])
        except Exception as error:  # noqa: BLE001 - the other batches must be deleted
            failures = [{"Id": entry["Id"], "Message": str(error)} for entry in batch]
        kept += [
            f"message {one['Id']}: its run exists, but SQS did not delete it: {one.get('Message') or one.get('Code')}"
            for one in failures
        ]
    log.info("Deleted %d of %d messages", len(entries) - len(kept), len(entries))
    return kept


def existing(ti: Any, run: dict[str, Any]) -> str | None:
    """Return the digest of a DAG run's conf, "" if it is unknown, or None without such a run.

    Task states do not show it: Airflow 2 also skips a run if only its logical date is used by another run, and then the run of
    the message does not exist. Tasks of Airflow 3 have no access to the database and cannot read the conf of another run; there
    ``poll`` stored its digest.
    """
    dag_id, run_id = run["trigger_dag_id"], run["trigger_run_id"]
    if AIRFLOW_3:
        if not ti.get_dr_count(dag_id=dag_id, run_ids=[run_id]):
            return None
        # With map_indexes=None, Airflow returns the newest value.
        stored = ti.xcom_pull(task_ids="poll", key=_digest_key(run), map_indexes=None, include_prior_dates=True)
        return str(stored or "")
    from airflow.models import DagRun  # noqa: PLC0415 - Airflow 3 forbids it in tasks

    found = DagRun.find(dag_id=dag_id, run_id=run_id)
    return digest(found[0].conf) if found else None


def _digest_key(run: dict[str, Any]) -> str:
    return "conf-" + digest([run["trigger_dag_id"], run["trigger_run_id"]])  # an XCom key may be part of a URL


@task(retry_delay=timedelta(minutes=1))  # a wrong queue must not make a run every few seconds
def poll():  # type: ignore[no-untyped-def] # an annotation "-> list[dict]" would mean multiple outputs to some versions
    """Wait for messages, return the DAG runs to start, and pass messages and problems to the last task.

    Messages whose runs exist already are deleted here. Airflow ends all tasks of a run that exceeds its timeout, so the last task
    may not have deleted them.
    """
    queue_url, allowed = _queue_url(), _allowed_dags()
    client = sqs_client(queue_url)
    context = get_current_context()
    ti = context["ti"]
    messages = receive(client, queue_url, idle_seconds(context["dag_run"].start_date))
    runs, entries, problems = group_by_dag_run(messages, allowed)
    fresh, done = [], []
    for run, sources in zip(runs, entries, strict=True):
        conf, ids = existing(ti, run), ", ".join(entry["Id"] for entry in sources)
        if conf is None:
            fresh.append((run, sources))
        elif conf in ("", digest(run["conf"])):
            compared = "" if conf else ", and its conf is unknown. A manual or older run?"
            log.warning("Duplicate message %s: %s exists already%s", ids, _name(run), compared)
            done += sources
        else:
            problems.append(_conflict(ids, run))
    if done:
        problems += delete(client, queue_url, done)
    log.info("Received %d messages: %d DAG runs to start, %d problems", len(messages), len(fresh), len(problems))
    if AIRFLOW_3:
        for run, _ in fresh:
            ti.xcom_push(key=_digest_key(run), value=digest(run["conf"]))
    # By name: an attempt that Airflow believes dead may still write. Its messages must not be deleted for runs of this attempt.
    ti.xcom_push(key="sources", value={_name(run): sources for run, sources in fresh})
    ti.xcom_push(key="problems", value=problems)
    runs = [run for run, _ in fresh]
    chunks = [runs[start : start + RUNS_PER_TASK] for start in range(0, len(runs), RUNS_PER_TASK)]
    return [{**chunk[0], "more": chunk[1:]} for chunk in chunks]


@task(trigger_rule="all_done")
def delete_and_report() -> None:
    """Delete messages whose DAG runs exist, then fail and name the others."""
    ti = get_current_context()["ti"]
    chunks, sources, problems = (
        ti.xcom_pull(task_ids="poll", key=key) for key in ("return_value", "sources", "problems")
    )
    if chunks is None or sources is None or problems is None:
        raise AirflowFailException("the task poll failed, so nothing was started. See its log.")
    problems = list(problems)
    done: list[dict[str, str]] = []
    for index, run in [(index, run) for index, first in enumerate(chunks) for run in (first, *first["more"])]:
        entries = sources.get(_name(run), [])
        conf, ids = existing(ti, run), ", ".join(entry["Id"] for entry in entries)
        if conf is None:
            problems.append(
                f"message {ids}: {_name(run)} was not started. See the log of start_dag_run[{index}]; is this DAG deployed?"
            )
        elif not AIRFLOW_3 and conf != digest(run["conf"]):  # Airflow 3 has only the digest that poll stored
            problems.append(_conflict(ids, run))
        else:
            # Not every version shows here that a DAG is paused. Its runs are not lost, but they wait.
            log.info("%s: exists. It stays queued while its DAG is paused.", _name(run))
            done += entries
    if done:
        queue_url = _queue_url()
        problems += delete(sqs_client(queue_url), queue_url, done)
    if problems:
        raise AirflowFailException(
            f"{len(problems)} messages stay in the queue until its redrive policy moves them to the dead-letter queue:\n"
            + "\n".join(problems)
        )


def _queue_url() -> str:
    # By position: the argument's name differs between the versions.
    queue_url = str(Variable.get(QUEUE_VARIABLE, None) or "").strip()
    if not queue_url:
        raise AirflowException(f"The Airflow Variable {QUEUE_VARIABLE} is missing. Set it to the URL of the SQS queue.")
    return queue_url


def _allowed_dags() -> list[str]:
    text = Variable.get(ALLOWED_VARIABLE, None)
    if text is None:
        return []
    patterns = re.split(r"[\s,]+", text.strip().strip(","))
    if not all(_DAG_PATTERN.fullmatch(one) for one in patterns):
        raise AirflowException(
            f"The Airflow Variable {ALLOWED_VARIABLE}: found {text!r:.80}, expected DAG ids with a comma between them. "
            "Each may contain *. Delete the Variable to allow every DAG."
        )
    return patterns


@dag(
    dag_id=DAG_ID,
    description="Starts a DAG run for each message in SQS",
    doc_md=__doc__,
    schedule="@continuous",
    start_date=datetime(2025, 1, 1, tzinfo=timezone.utc),  # noqa: UP017 - as Airflow's own examples
    catchup=False,
    max_active_runs=1,
    dagrun_timeout=DAGRUN_TIMEOUT,
    is_paused_upon_creation=False,
    # Ahead of the tasks of other DAGs: by default the last task of a DAG has the lowest priority, and here it deletes messages.
    default_args={
        "retries": 1,
        "retry_delay": timedelta(seconds=5),
        "priority_weight": 1000,
        "weight_rule": "absolute",
    },
    tags=["orchestrator"],
)
def event_dispatcher():  # type: ignore[no-untyped-def] # Airflow gives the function another type
    """Poll, start the DAG runs in mapped tasks, delete the messages."""
    # TriggerDagRunOperator is the only public way to start a DAG run in both majors.
    options = {"skip_when_already_exists": True, "map_index_template": "{{ task.title }}"}
    started = StartDagRuns.partial(task_id="start_dag_run", **options).expand_kwargs(poll())
    started >> delete_and_report()


event_dispatcher()
