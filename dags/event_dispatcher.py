"""Starts the DAG runs that arrive as messages in SQS; runs unchanged on Airflow 2.10, 2.11 and 3.

The orchestrator's ``sqs_mwaa`` triggers, or any other producer, send ``{"dag_id", "conf", "message_id"}`` to the queue
that the Airflow Variable ``mwaa_trigger_queue_url`` names; ``message_id`` is optional. Each good message becomes one DAG
run of ``dag_id``, however often it arrives under that id, and is deleted only once that run is there. Everything else
stays in the queue until its redrive policy moves it to the dead-letter queue; the last task fails and names it.

This file imports nothing but Airflow and boto3: it is copied to MWAA alone.
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

# One run takes at most this much. Airflow refuses to map over more than 1,024 items (core.max_map_length), every mapped
# instance reads the whole list from its XCom, and a small environment starts only some tasks a minute: a run that does not end
# within its time deletes nothing. What is left waits for the next run, a minute later.
MAX_MESSAGES = 50
MAX_BYTES = 512 * 1024
MAX_SECONDS = 20  # a trickle must not keep the first message waiting for the hundredth
WAIT_SECONDS = 5  # more than 0 is long polling: SQS then asks all of its servers

# The queue's VisibilityTimeout must be longer (900 s): then no message comes back while its run may still be working.
DAGRUN_TIMEOUT = timedelta(minutes=10)

MAX_DEPTH = 120
MAX_INTEGER = 2**63  # Airflow 3's tasks talk to their supervisor in MessagePack
# Airflow's XCom takes a dict with one of these keys for an object of its own, and refuses or imports it.
XCOM_KEYS = frozenset(
    {"__classname__", "__type", "__var", "__source", "__version__", "__data__", "__id__", "__cache__"}
)
_DAG_ID = re.compile(r"[A-Za-z0-9_.-]{1,250}")
_MESSAGE_ID = re.compile(r"[A-Za-z0-9_.~:+-]{1,200}")  # what Airflow allows in a run id (allowed_run_id_pattern)
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_REGION = re.compile(r"https://(?:sqs\.)?([a-z]{2}(?:-[a-z]+)+-\d)\.")

log = logging.getLogger(__name__)


class StartDagRun(TriggerDagRunOperator):
    """Starts a DAG run whose conf is data.

    A dict that a mapping passes is rendered as a template like any other (only what is neither dict nor list is not), and a
    message's text must never be evaluated: ``{{ conn.… }}`` in an event would read a secret.
    """

    # For the link to the started run; neither can hold a template.
    template_fields = ("trigger_dag_id", "trigger_run_id")

    def execute(self, context: Any) -> Any:
        """Start the run, with the message's conf and nothing else: newer providers would add lineage to it."""
        self.openlineage_inject_parent_info = False
        return super().execute(context)


class MessageError(ValueError):
    """A message from which no DAG run can be started. Its producer acts."""


def read_message(body: str, sqs_id: str) -> dict[str, Any]:
    """The keyword arguments for ``TriggerDagRunOperator`` that a message's body means.

    One message that Airflow cannot store would fail the task that polls, and all others with it: so whatever XCom or the
    database would refuse is refused here.

    Args:
        body: of the message.
        sqs_id: SQS's own id of the message, for producers that send no ``message_id``.

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
    _storable(conf)
    # The prefix keeps clear of those that Airflow reserves, such as "scheduled__".
    return {"trigger_dag_id": dag_id, "trigger_run_id": f"event__{message_id}", "conf": conf}


def _parse(body: str) -> Any:
    try:
        body.encode()
        return json.loads(
            body,
            parse_constant=_refuse_number,
            parse_float=_finite,
            parse_int=_storable_integer,
            object_pairs_hook=_object,
        )
    except MessageError:
        raise
    except RecursionError:
        raise MessageError("it is nested too deeply") from None
    except ValueError as error:
        raise MessageError(f"it is not JSON: {error}") from None


def _refuse_number(name: str) -> Any:
    raise MessageError(f"it holds {name:.40}, which JSON does not have")


def _finite(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else _refuse_number(text)


def _storable_integer(text: str) -> int:
    number = int(text) if len(text) <= 20 else MAX_INTEGER
    if not -MAX_INTEGER <= number < MAX_INTEGER:
        raise MessageError(f"it holds the integer {text:.40}, which Airflow does not take; send it as a text")
    return number


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise MessageError("it holds a key twice in one object")
    return found


def _kind(value: Any) -> str:
    return {dict: "an object", list: "a list", str: "a text", type(None): "nothing"}.get(
        type(value), "a number or boolean"
    )


def _storable(conf: dict[str, Any]) -> None:
    """Refuse what XCom or the database would."""
    level: list[Any] = [conf]
    for _ in range(MAX_DEPTH):
        keys = [key for one in level if isinstance(one, dict) for key in one]
        reserved = XCOM_KEYS.intersection(keys)
        if reserved:
            raise MessageError(f"conf: found the key {min(reserved)}, which Airflow keeps for itself; rename it")
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
    """An SQS client in the queue's own region, or in the environment's where the URL does not say."""
    region = _REGION.match(queue_url)
    # An address that nobody answers, such as another region's from a private network, must fail within the task's time.
    settings = Config(
        connect_timeout=5, read_timeout=WAIT_SECONDS + 10, retries={"mode": "standard", "max_attempts": 3}
    )
    return boto3.client("sqs", region_name=region.group(1) if region else None, config=settings)


def receive(client: Any, queue_url: str) -> list[dict[str, Any]]:
    """Messages of the queue, until it gives none, or one run's share or time is used up."""
    messages: list[dict[str, Any]] = []
    size = 0
    until = time.monotonic() + MAX_SECONDS
    while len(messages) <= MAX_MESSAGES - 10 and size < MAX_BYTES and time.monotonic() < until:
        try:
            answer = client.receive_message(QueueUrl=queue_url, MaxNumberOfMessages=10, WaitTimeSeconds=WAIT_SECONDS)
        except (BotoCoreError, ClientError) as error:
            if not messages:
                raise
            log.warning("SQS gave no more messages, going on with %d: %s", len(messages), error)
            break
        batch = answer.get("Messages", [])
        if not batch:
            break
        messages += batch
        size += sum(len(message["Body"].encode()) for message in batch)
    return messages


def sort_out(messages: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[list[dict[str, str]]], list[str]]:
    """What to start, once each.

    Returns:
        The DAG runs to start; for each, the messages that mean it; and a line for each message that means none.
    """
    runs: dict[tuple[str, str], dict[str, Any]] = {}
    sources: dict[tuple[str, str], dict[str, str]] = {}
    rejected: dict[str, str] = {}
    for message in messages:
        try:
            run = read_message(message["Body"], message["MessageId"])
        except MessageError as error:
            rejected[message["MessageId"]] = f"message {message['MessageId']}: {error}"
            log.error(
                "InvalidTrigger message %s: %s. It begins with %.200r", message["MessageId"], error, message["Body"]
            )
            continue
        # Two runs under one id in one batch would meet in the database as an IntegrityError.
        key = (run["trigger_dag_id"], run["trigger_run_id"])
        runs.setdefault(key, run)
        sources.setdefault(key, {})[message["MessageId"]] = message["ReceiptHandle"]
    entries = [[{"Id": one, "ReceiptHandle": receipt} for one, receipt in sources[key].items()] for key in runs]
    return list(runs.values()), entries, list(rejected.values())


def delete(client: Any, queue_url: str, entries: list[dict[str, str]]) -> list[str]:
    """Delete messages; returns a line for each that SQS keeps: it comes back, meets its run, and is deleted then."""
    kept: list[str] = []
    for start in range(0, len(entries), 10):
        batch = entries[start : start + 10]
        try:
            failures = client.delete_message_batch(QueueUrl=queue_url, Entries=batch).get("Failed", [])
        except (BotoCoreError, ClientError) as error:
            failures = [{"Id": entry["Id"], "Message": str(error)} for entry in batch]
        kept += [
            f"message {one['Id']}: its run is there, but SQS did not delete it: {one.get('Message') or one.get('Code')}"
            for one in failures
        ]
    log.info("Deleted %d of %d messages", len(entries) - len(kept), len(entries))
    return kept


def run_exists(ti: Any, dag_id: str, run_id: str) -> bool:
    """Whether the DAG run is there.

    Asked of Airflow itself, not read from the states of the tasks that start runs: Airflow 2 also skips "existing" runs
    where only the moment of their logical date is taken, and that message's run is not there.
    """
    if hasattr(ti, "get_dr_count"):  # Airflow 3: tasks have no database, but this
        return int(ti.get_dr_count(dag_id=dag_id, run_ids=[run_id])) > 0
    from airflow.models import DagRun  # noqa: PLC0415 - Airflow 3 forbids it in tasks

    return bool(DagRun.find(dag_id=dag_id, run_id=run_id))


@task
def poll():  # type: ignore[no-untyped-def] # an annotation "-> list[dict]" would mean multiple outputs to some versions
    """Receive messages; returns the DAG runs to start, and leaves the rest of what it saw for the last task.

    Messages whose runs are there already are deleted here: a run that takes too long is ended with all its tasks, and what
    it had started must not have to be started, and skipped, again.
    """
    queue_url = _queue_url()
    client = sqs_client(queue_url)
    messages = receive(client, queue_url)
    runs, entries, problems = sort_out(messages)
    ti = get_current_context()["ti"]
    there = [run_exists(ti, run["trigger_dag_id"], run["trigger_run_id"]) for run in runs]
    done = [entry for known, sources in zip(there, entries, strict=True) if known for entry in sources]
    if done:
        problems += delete(client, queue_url, done)
    fresh = [index for index, known in enumerate(there) if not known]
    log.info("Received %d messages: %d DAG runs to start, %d there already", len(messages), len(fresh), sum(there))
    ti.xcom_push(key="entries", value=[entries[index] for index in fresh])
    ti.xcom_push(key="problems", value=problems)
    return [runs[index] for index in fresh]


@task(trigger_rule="all_done")
def delete_and_report() -> None:
    """Delete the messages whose DAG runs are there; then fail if there were others, and name them."""
    ti = get_current_context()["ti"]
    runs, entries, problems = (
        ti.xcom_pull(task_ids="poll", key=key) for key in ("return_value", "entries", "problems")
    )
    if runs is None or entries is None or problems is None:
        raise AirflowFailException("the task poll failed, so nothing was started; its log says why")
    runs, entries, problems = list(runs), list(entries), list(problems)
    done: list[dict[str, str]] = []
    for index, run in enumerate(runs):
        name = f"DAG {run['trigger_dag_id']}, run {run['trigger_run_id']}"
        if run_exists(ti, run["trigger_dag_id"], run["trigger_run_id"]):
            # Nothing here can see whether a DAG is paused, on every version; its runs are not lost, but they wait.
            log.info("%s: is there; while its DAG is paused it stays queued", name)
            done += entries[index]
        else:
            ids = ", ".join(entry["Id"] for entry in entries[index])
            problems.append(
                f"message {ids}: {name} was not started; see the log of start_dag_run[{index}] (is a DAG of this id deployed?)"
            )
    if done:
        queue_url = _queue_url()
        problems += delete(sqs_client(queue_url), queue_url, done)
    if problems:
        raise AirflowFailException(
            f"{len(problems)} messages stay in the queue, until its redrive policy moves them to the dead-letter queue:\n"
            + "\n".join(problems)
        )


def _queue_url() -> str:
    # By position: the argument's name differs between the versions.
    queue_url = Variable.get(QUEUE_VARIABLE, None)
    if not queue_url:
        raise AirflowFailException(
            f"The Airflow Variable {QUEUE_VARIABLE} is missing: set it to the URL of the SQS queue"
        )
    return str(queue_url)


@dag(
    dag_id=DAG_ID,
    description="Starts the DAG runs that arrive as messages in SQS",
    doc_md=__doc__,
    schedule=timedelta(minutes=1),
    start_date=datetime(2025, 1, 1, tzinfo=timezone.utc),  # noqa: UP017 - as Airflow's own examples
    catchup=False,
    max_active_runs=1,
    dagrun_timeout=DAGRUN_TIMEOUT,
    is_paused_upon_creation=False,
    # Before other DAGs' tasks: by default the last task of a DAG comes after everything else, and this one's deletes.
    default_args={
        "retries": 1,
        "retry_delay": timedelta(seconds=5),
        "priority_weight": 1000,
        "weight_rule": "absolute",
    },
    tags=["orchestrator"],
)
def event_dispatcher():  # type: ignore[no-untyped-def] # Airflow gives the function another type
    """Poll, start each DAG run in a task of its own, delete what was started."""
    # TriggerDagRunOperator is the only public way to start a DAG run in both majors: one task instance a run.
    started = StartDagRun.partial(task_id="start_dag_run", skip_when_already_exists=True).expand_kwargs(poll())
    started >> delete_and_report()


event_dispatcher()
