"""The configuration page checks, saves and uses a configuration."""

from __future__ import annotations

import json

from local.engine.engine import Engine
from tests.browser.scene import DOCUMENT
from tests.console.conftest import Console


def test_configuration_is_checked_saved_and_used(console: Console, engine: Engine) -> None:
    wrong = json.dumps({"workflows": {"x": {"on_success": [{"type": "glue_jop", "job_name": "a"}]}}}, indent=2)
    assert "Did you mean &#39;glue_job&#39;?" in console.post("/configuration/check", text=wrong)
    assert "Not saved: 1 errors." in console.post("/configuration", 422, text=wrong)
    right = json.dumps({"workflows": {**DOCUMENT["workflows"], "new_job": {"on_success": []}}}, indent=2)
    assert "Saved." in console.post("/configuration", text=right.replace("\n", "\r\n"))
    body = engine.client("s3").get_object(
        Bucket="local-code-us-west-1", Key="code/local/orchestration/workflow_config.json"
    )
    assert body["Body"].read().decode() == right
    assert "would start" in console.post(
        "/publish/check", text='{"job_name": "clean_orders", "job_run_id": "2", "status": "SUCCESS"}'
    )
