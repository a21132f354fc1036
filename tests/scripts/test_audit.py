"""What an audit says is read as it is meant: holes, none, or nobody there to ask."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from audit import npm_holes, python_holes

ROOT = Path(__file__).parents[2]
NO_NETWORK = {
    "HTTPS_PROXY": "http://127.0.0.1:1",
    "HTTP_PROXY": "http://127.0.0.1:1",
    "NO_PROXY": "",
    "NPM_CONFIG_REGISTRY": "http://127.0.0.1:1",
    "NPM_CONFIG_FETCH_RETRIES": "0",
}


def test_a_hole_in_a_python_package_is_named() -> None:
    package = {"name": "a", "version": "1", "vulns": [{"id": "PYSEC-1"}]}
    report = {"dependencies": [package, {"name": "b", "version": "2", "vulns": []}]}

    assert python_holes(json.dumps(report)) == ["a 1: PYSEC-1"]


def test_a_hole_in_an_npm_package_is_named() -> None:
    report = {"vulnerabilities": {"a": {"severity": "high"}}}

    assert npm_holes(json.dumps(report)) == ["a: high"]


@pytest.mark.parametrize("said", ["", "not JSON", '{"error": {"code": "ECONNREFUSED"}}', "[]"])
def test_no_verdict_is_not_taken_for_a_good_one(said: str) -> None:
    assert (python_holes(said), npm_holes(said)) == (None, None)


def test_without_a_network_it_is_said_aloud_for_each_and_is_no_failure() -> None:
    done = subprocess.run(
        [sys.executable, "scripts/audit.py"],
        cwd=ROOT,
        env=os.environ | NO_NETWORK,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert len(re.findall("^NOT AUDITED: ", done.stdout, re.MULTILINE)) == 5


@pytest.mark.parametrize("lock", ["tool-uv.lock", "tool-node.lock"])
def test_the_tools_of_the_set_up_are_pinned_by_hash(lock: str) -> None:
    text = (ROOT / "deploy" / lock).read_text("utf-8")

    assert re.match(r"[a-z-]+==[0-9.]+ \\\n", text)
    assert len(re.findall(r"--hash=sha256:[0-9a-f]{64}", text)) > 5
