"""Runs LocalStack until standard input ends. Its environment ``.venv-localstack`` runs this file.

A test that is killed closes its end of the pipe, so no server outlives it.
"""

from __future__ import annotations

import os
import sys
import threading

from localstack.runtime.main import main


def _end_with_the_test() -> None:
    sys.stdin.read()
    os._exit(0)


threading.Thread(target=_end_with_the_test, daemon=True).start()
main()
