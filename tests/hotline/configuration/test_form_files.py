"""The forms of a configuration folder: read with it, named by its lines, kept when applied."""

from pathlib import Path

import pytest

from hotline.configuration.load import load_folder
from hotline.errors import ConfigError
from hotline.records.forms.known import default_form
from tests.hotline.configuration.conftest import GUANGDONG, copied


def test_guangdong_s_lines_have_their_forms() -> None:
    forms = load_folder(GUANGDONG).forms

    assert sorted(forms) == ["child-protection", "civil-12349", "legal-12348", "youth-12355"]
    assert forms["youth-12355"] != default_form()


def test_a_form_that_no_line_uses_is_checked_as_well(tmp_path: Path) -> None:
    guangdong = copied(tmp_path)
    (guangdong / "forms" / "next.yaml").write_text("name: x\n", encoding="utf-8")

    with pytest.raises(ConfigError) as refusal:
        load_folder(guangdong)

    assert "forms/next.yaml:1: `sections` is missing: add it." in refusal.value.public


def test_a_line_that_names_no_file_is_told_so(tmp_path: Path) -> None:
    guangdong = copied(tmp_path)
    lines = guangdong / "lines.yaml"
    text = lines.read_text(encoding="utf-8")
    lines.write_text(text.replace("form: forms/youth.yaml ", "form: forms/none.yaml "), "utf-8")

    with pytest.raises(ConfigError) as refusal:
        load_folder(guangdong)

    assert "line youth-12355 uses forms/none.yaml, but there is no such file" in (
        refusal.value.public
    )
