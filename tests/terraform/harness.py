"""Runs Terraform on a copy of ``terraform/``, with the provider of this machine, against the embedded engine."""

from __future__ import annotations

import glob
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.engine.engine import Engine

ROOT = Path(__file__).resolve().parents[2]
MIRROR = "TERRAFORM_PROVIDER_MIRROR"
"""Environment variable that names a folder of providers; else it is looked for, and else the registry is asked."""

DEPLOYER, INFRASTRUCTURE = "deployer", "infrastructure"
"""Access keys of the module and of the files for MWAA's repository: recorded requests show who asked."""

PROVIDER = """
provider "aws" {
  max_retries       = 2
  s3_use_path_style = true
}
"""


@dataclass(frozen=True, slots=True)
class Terraform:
    """Terraform in a separate folder.

    Attributes:
        binary: path of the program.
        folder: holds copies of ``terraform/`` and ``statemachines/``.
        environment: of every command.
        part: folder of ``terraform/`` in which the commands run, as ``examples/minimal``; by default the module itself.
    """

    binary: str
    folder: Path
    environment: dict[str, str]
    part: str = "."

    @property
    def module(self) -> Path:
        """The folder in which the commands run."""
        return self.folder / "terraform" / self.part

    def run(self, *arguments: str, ok: tuple[int, ...] = (0,)) -> subprocess.CompletedProcess[str]:
        """Run a command; its output is the failure's message where its exit code is none of ``ok``."""
        answer = subprocess.run(
            [
                self.binary,
                arguments[0],
                *([] if arguments[0] in ("fmt", "show", "output") else ["-no-color"]),
                *arguments[1:],
            ],
            cwd=self.module,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert answer.returncode in ok, (
            f"terraform {' '.join(arguments)}:\n{answer.stdout[-4000:]}\n{answer.stderr[-8000:]}"
        )
        return answer

    def json(self, *arguments: str) -> Any:
        """The command's output, parsed."""
        return json.loads(self.run(*arguments).stdout)


def workspace(binary: str, folder: Path, engine: Engine | None = None, part: str = ".") -> Terraform:
    """Copy the module and its generated files to ``folder``; with an engine, point the provider of ``part`` at it."""
    shutil.copytree(
        ROOT / "terraform", folder / "terraform", ignore=shutil.ignore_patterns(".terraform*", "*.tfstate*")
    )
    shutil.copytree(ROOT / "statemachines", folder / "statemachines")
    return _configured(binary, folder, engine, part=part)


def infrastructure(binary: str, folder: Path, engine: Engine | None = None) -> Terraform:
    """A module of the files for the infrastructure repository, each under its name there."""
    module = folder / "terraform"
    module.mkdir(parents=True)
    for path in (ROOT / "terraform").glob("*.tf.infra"):
        shutil.copy(path, module / path.name.removesuffix(".infra"))
    shutil.copy(ROOT / "terraform" / "versions.tf", module)
    return _configured(binary, folder, engine, INFRASTRUCTURE)


def _configured(
    binary: str, folder: Path, engine: Engine | None, access_key: str = DEPLOYER, part: str = "."
) -> Terraform:
    configuration = folder / "terraform.rc"
    configuration.write_text(_cli_configuration(), encoding="utf-8")
    environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    environment |= {"TF_CLI_CONFIG_FILE": str(configuration), "TF_IN_AUTOMATION": "1", "CHECKPOINT_DISABLE": "1"}
    if engine is not None:
        # An override of an example's provider. The module itself has none, so there it is the provider of the root.
        name = "engine.tf" if part == "." else "engine_override.tf"
        (folder / "terraform" / part / name).write_text(PROVIDER, encoding="utf-8")
        environment |= aws_environment(engine) | {"AWS_ACCESS_KEY_ID": access_key}
    return Terraform(binary, folder, environment, part)


def aws_environment(engine: Engine) -> dict[str, str]:
    """Environment variables with which AWS's tools use the engine."""
    return {
        "AWS_ENDPOINT_URL": engine.endpoint,
        "AWS_ENDPOINT_URL_MWAA": engine.mwaa.endpoint,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_REGION": engine.region,
    }


def _cli_configuration() -> str:
    """Return the provider's source: a mirror on this machine, or the registry."""
    mirror = next(iter(_mirrors()), None)
    method = f'filesystem_mirror {{ path = "{mirror}" }}' if mirror else "direct {}"
    return f"provider_installation {{\n  {method}\n}}\n"


def _mirrors() -> Iterator[str]:
    if os.environ.get(MIRROR):
        yield os.environ[MIRROR]
    # A mirror is a folder of HOST/NAMESPACE/TYPE/VERSION.
    for found in sorted(glob.glob("/*/*/*/hashicorp/aws/5.*") + glob.glob("/usr/*/*/*/*/hashicorp/aws/5.*")):  # noqa: PTH207 - pathlib's stumbles over processes that end
        yield str(Path(found).parents[3])
