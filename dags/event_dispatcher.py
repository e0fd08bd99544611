"""Starts a DAG run for each message in SQS; runs unchanged on Airflow 2.10, 2.11 and 3.

The orchestrator's ``sqs_mwaa`` triggers, or other producers, send ``{"dag_id", "conf", "message_id"}`` to the queue in the
Airflow Variable ``mwaa_trigger_queue_url``; ``message_id`` is optional. Each valid message becomes one DAG run of ``dag_id``,
even if it arrives several times under one id. The dispatcher deletes a message only after its run exists. Other messages
stay in the queue until its redrive policy moves them to the dead-letter queue; the last task fails and names them.

This file imports only Airflow and boto3, because it is copied to MWAA alone.
"""

from __future__ import annotations

import json
import logging
import math
import re
import time
from datetime import datetime, timedelta, timezone
from typing import Any

import boto3
from airflow.exceptions import AirflowFailException
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

try:  # Airflow 3
    from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
    from airflow.sdk import Variable, dag, get_current_context, task
except ImportError:  # Airflow 2
    from airflow.decorators import dag, task
    from airflow.models import Variable
    from airflow.operators.python import get_current_context
    from airflow.operators.trigger_dagrun import TriggerDagRunOperator

DAG_ID = "event_dispatcher"
QUEUE_VARIABLE = "mwaa_trigger_queue_url"

# Limits of one run. Airflow refuses to map over more than 1,024 items (core.max_map_length), and every mapped instance reads the
# whole list from its XCom. A small environment starts few tasks a minute, and a run that exceeds its timeout deletes nothing.
# Remaining messages wait for the next run, a minute later.
MAX_MESSAGES = 50
MAX_BYTES = 512 * 1024
MAX_SECONDS = 20  # a slow stream of messages must not delay the first one
WAIT_SECONDS = 5  # more than 0 is long polling: SQS then asks all of its servers

# The queue's VisibilityTimeout must be longer (900 s), so that no message returns while its run may still work on it.
DAGRUN_TIMEOUT = timedelta(minutes=10)

MAX_DEPTH = 120
MAX_INTEGER = 2**63  # Airflow 3's tasks talk to their supervisor in MessagePack
# Airflow's XCom treats a dict with one of these keys as a serialized object, and refuses or imports it.
XCOM_KEYS = frozenset(
    {"__classname__", "__type", "__var", "__source", "__version__", "__data__", "__id__", "__cache__"}
)
_DAG_ID = re.compile(r"[A-Za-z0-9_.-]{1,250}")
_MESSAGE_ID = re.compile(r"[A-Za-z0-9_.~:+-]{1,200}")  # Airflow's allowed_run_id_pattern
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_REGION = re.compile(r"https://(?:sqs\.)?([a-z]{2}(?:-[a-z]+)+-\d)\.")

log = logging.getLogger(__name__)


class StartDagRun(TriggerDagRunOperator):
    """Starts a DAG run whose conf is data.

    Airflow renders a dict from a mapping as a template. The text of a message must never be evaluated: ``{{ conn.… }}`` in an
    event would read a secret. So ``conf`` is not a template field.
    """

    # For the link to the started run. Neither value can contain a template.
    template_fields = ("trigger_dag_id", "trigger_run_id")

    def execute(self, context: Any) -> Any:
        """Start the run with the message's conf only: newer providers would add lineage to it."""
        self.openlineage_inject_parent_info = False
        return super().execute(context)


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
        MessageError: the body is not ``{"dag_id": text, "conf": object, "message_id": optional text}``.
    """
    message = _parse(body)
    if not isinstance(message, dict):
        raise MessageError(f"found {_kind(message)}, expected an object with dag_id and conf")
    dag_id, conf, message_id = message.get("dag_id"), message.get("conf"), message.get("message_id", sqs_id)
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
    # The prefix differs from those that Airflow reserves, such as "scheduled__".
    return {"trigger_dag_id": dag_id, "trigger_run_id": f"event__{message_id}", "conf": conf}


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
    region = _REGION.match(queue_url)
    # An unreachable address, such as another region's from a private network, must fail within the task's time.
    settings = Config(
        connect_timeout=5, read_timeout=WAIT_SECONDS + 10, retries={"mode": "standard", "max_attempts": 3}
    )
    return boto3.client("sqs", region_name=region.group(1) if region else None, config=settings)


def receive(client: Any, queue_url: str) -> list[dict[str, Any]]:
    """Receive messages until the queue is empty or a limit of the run is reached."""
    messages: list[dict[str, Any]] = []
    size = 0
    until = time.monotonic() + MAX_SECONDS
    while len(messages) <= MAX_MESSAGES - 10 and size < MAX_BYTES and time.monotonic() < until:
        try:
            answer = client.receive_message(QueueUrl=queue_url, MaxNumberOfMessages=10, WaitTimeSeconds=WAIT_SECONDS)
        except (BotoCoreError, ClientError) as error:
            if not messages:
                raise
            log.warning("SQS returned no more messages, continuing with %d: %s", len(messages), error)
            break
        batch = answer.get("Messages", [])
        if not batch:
            break
        messages += batch
        size += sum(len(message["Body"].encode()) for message in batch)
    return messages


def group_by_dag_run(
    messages: list[dict[str, Any]],
) -> tuple[list[dict[str, Any]], list[list[dict[str, str]]], list[str]]:
    """Group the messages by DAG run, so that each run starts once.

    Returns:
        The DAG runs to start; the messages of each run; and a line for each invalid message.
    """
    runs: dict[tuple[str, str], dict[str, Any]] = {}
    sources: dict[tuple[str, str], dict[str, str]] = {}
    rejected: dict[str, str] = {}
    for message in messages:
        try:
            run = parse_message(message["Body"], message["MessageId"])
        except MessageError as error:
            rejected[message["MessageId"]] = f"message {message['MessageId']}: {error}"
            log.error("Rejected message %s: %s. It begins with %.200r", message["MessageId"], error, message["Body"])
            continue
        # Two runs with one id in one batch would raise an IntegrityError in the database.
        key = (run["trigger_dag_id"], run["trigger_run_id"])
        runs.setdefault(key, run)
        sources.setdefault(key, {})[message["MessageId"]] = message["ReceiptHandle"]
    entries = [[{"Id": one, "ReceiptHandle": receipt} for one, receipt in sources[key].items()] for key in runs]
    return list(runs.values()), entries, list(rejected.values())


def delete(client: Any, queue_url: str, entries: list[dict[str, str]]) -> list[str]:
    """Delete messages; returns a line for each that SQS did not delete. It returns, finds its run, and is deleted then."""
    kept: list[str] = []
    for start in range(0, len(entries), 10):
        batch = entries[start : start + 10]
        try:
            failures = client.delete_message_batch(QueueUrl=queue_url, Entries=batch).get("Failed", [])
        except (BotoCoreError, ClientError) as error:
            failures = [{"Id": entry["Id"], "Message": str(error)} for entry in batch]
        kept += [
            f"message {one['Id']}: its run exists, but SQS did not delete it: {one.get('Message') or one.get('Code')}"
            for one in failures
        ]
    log.info("Deleted %d of %d messages", len(entries) - len(kept), len(entries))
    return kept


def run_exists(ti: Any, dag_id: str, run_id: str) -> bool:
    """Return True if the DAG run exists.

    Task states do not show it: Airflow 2 also skips a run if only its logical date is used by another run, and then the run of
    the message does not exist.
    """
    if hasattr(ti, "get_dr_count"):  # Airflow 3: tasks have no access to the database
        return int(ti.get_dr_count(dag_id=dag_id, run_ids=[run_id])) > 0
    from airflow.models import DagRun  # noqa: PLC0415 - Airflow 3 forbids it in tasks

    return bool(DagRun.find(dag_id=dag_id, run_id=run_id))


@task
def poll():  # type: ignore[no-untyped-def] # an annotation "-> list[dict]" would mean multiple outputs to some versions
    """Receive messages, return the DAG runs to start, and pass messages and problems to the last task.

    Messages whose runs exist already are deleted here. Airflow ends all tasks of a run that exceeds its timeout, so the last task
    may not have deleted them.
    """
    queue_url = _queue_url()
    client = sqs_client(queue_url)
    messages = receive(client, queue_url)
    runs, entries, problems = group_by_dag_run(messages)
    ti = get_current_context()["ti"]
    there = [run_exists(ti, run["trigger_dag_id"], run["trigger_run_id"]) for run in runs]
    done = [entry for known, sources in zip(there, entries, strict=True) if known for entry in sources]
    if done:
        problems += delete(client, queue_url, done)
    fresh = [index for index, known in enumerate(there) if not known]
    log.info("Received %d messages: %d DAG runs to start, %d exist already", len(messages), len(fresh), sum(there))
    ti.xcom_push(key="entries", value=[entries[index] for index in fresh])
    ti.xcom_push(key="problems", value=problems)
    return [runs[index] for index in fresh]


@task(trigger_rule="all_done")
def delete_and_report() -> None:
    """Delete messages whose DAG runs exist, then fail and name the others."""
    ti = get_current_context()["ti"]
    runs, entries, problems = (
        ti.xcom_pull(task_ids="poll", key=key) for key in ("return_value", "entries", "problems")
    )
    if runs is None or entries is None or problems is None:
        raise AirflowFailException("the task poll failed, so nothing was started. See its log.")
    runs, entries, problems = list(runs), list(entries), list(problems)
    done: list[dict[str, str]] = []
    for index, run in enumerate(runs):
        name = f"DAG {run['trigger_dag_id']}, run {run['trigger_run_id']}"
        if run_exists(ti, run["trigger_dag_id"], run["trigger_run_id"]):
            # Not every version shows here that a DAG is paused. Its runs are not lost, but they wait.
            log.info("%s: exists. It stays queued while its DAG is paused.", name)
            done += entries[index]
        else:
            ids = ", ".join(entry["Id"] for entry in entries[index])
            problems.append(
                f"message {ids}: {name} was not started. See the log of start_dag_run[{index}]; is this DAG deployed?"
            )
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
    queue_url = Variable.get(QUEUE_VARIABLE, None)
    if not queue_url:
        raise AirflowFailException(
            f"The Airflow Variable {QUEUE_VARIABLE} is missing. Set it to the URL of the SQS queue."
        )
    return str(queue_url)


@dag(
    dag_id=DAG_ID,
    description="Starts a DAG run for each message in SQS",
    doc_md=__doc__,
    schedule=timedelta(minutes=1),
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
    """Poll, start each DAG run in a separate task, delete the messages."""
    # TriggerDagRunOperator is the only public way to start a DAG run in both majors: one task instance a run.
    started = StartDagRun.partial(task_id="start_dag_run", skip_when_already_exists=True).expand_kwargs(poll())
    started >> delete_and_report()


event_dispatcher()
