"""The built site, once for all tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs_site.site import ROOT, build, require_tools


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of the site, built from the checkout."""
    require_tools()
    built = build(ROOT, tmp_path_factory.mktemp("site"))
    assert (built.code, built.messages) == (0, "")
    return built.folder
