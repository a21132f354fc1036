"""Chains of the files: what is refused by file and line, and what one says in sentences."""

import re
from pathlib import Path

import pytest

from hotline.configuration.chains import load_chains
from hotline.configuration.load import load_folder
from hotline.errors import ConfigError
from hotline.escalations.chains.sentences import chain_sentences
from hotline.i18n.catalog import CHINESE, speaking
from hotline.i18n.faults import fault_in_words
from tests.hotline.configuration.conftest import GUANGDONG, copied

IMMINENT, HIGH = "chains/imminent.yaml", "chains/high.yaml"
HAN = re.compile("[\u4e00-\u9fff]")


def spoiled(folder: Path, name: str, old: str, new: str) -> None:
    text = (folder / name).read_text(encoding="utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")


STEPS = "  - {ring: [station], within_s: 120}"


@pytest.mark.parametrize(
    ("name", "old", "new", "line", "told"),
    [
        (IMMINENT, "[station]", "[statoin]", 8, "Did you mean `station`?"),
        (IMMINENT, "[station]", "[]", 8, "`ring` must not be empty"),
        (IMMINENT, "[station], within_s: 120", "[station], within_s: 5", 8, "from 30 to 3600"),
        (IMMINENT, "accept_within_s: 600", "accept_within_s: 9", 11, "from 60 to 7200"),
        (IMMINENT, "level: imminent", "level: urgent", 5, "`urgent` cannot stand here"),
        (IMMINENT, "deadline_s: 300", "deadlines: 300", 6, "`deadlines` means nothing here"),
        (IMMINENT, '[city, police, "120"]', "[city]", 8, "rings the police or the ambulance"),
        (IMMINENT, "[deputy, head, parent]", "[station]", 9, "reaches nobody new"),
        (IMMINENT, "[deputy, head, parent]", "[deputy, deputy]", 9, "deputy is rung twice"),
        (IMMINENT, "deadline_s: 300", "deadline_s: 200", 10, "the deadline of 200 s has passed"),
        (IMMINENT, "next_s: 60", "next_s: 20", 14, "let `next_s` be later than `first_s`"),
        (HIGH, "deadline_s: 1800", "rescue: {confirmed: true}", 4, "rings who could come"),
        (HIGH, "level: high", "level: high\nkind: mandatory_report", 3, "for this level and kind"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_by_file_and_line_in_both_languages(
    tmp_path: Path, name: str, old: str, new: str, line: int, told: str
) -> None:
    folder = copied(tmp_path)
    spoiled(folder, name, old, new)

    with pytest.raises(ConfigError) as refused:
        load_folder(folder)

    faults = refused.value.public.splitlines()
    said = [one for one in faults if told in one]
    assert said, faults
    assert said[0].startswith(f"{name}:{line}: ")
    with speaking(CHINESE):
        assert HAN.search(fault_in_words(said[0].split(": ", 1)[1]))


def test_a_chain_without_steps_is_refused(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    (folder / HIGH).write_text("name: {zh: 空的, en: Empty}\nlevel: high\nsteps: []\n", "utf-8")

    with pytest.raises(ConfigError, match=r"chains/high\.yaml:3: `steps` must not be empty"):
        load_chains(folder)


def test_a_level_that_no_chain_is_for_is_told(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    (folder / HIGH).unlink()

    with pytest.raises(ConfigError, match="there is no chain for high without a `kind`"):
        load_chains(folder)


def test_without_quotes_the_ambulance_is_still_the_ambulance(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    spoiled(folder, IMMINENT, '"120"', "120")

    assert load_chains(folder) == load_chains(GUANGDONG)


def test_a_folder_without_chains_and_a_place_without_police_are_warned_of(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    spoiled(folder, "stations.yaml", "kind: police\n    name: 广东省", "name: 广东省")
    told = "\n".join(load_folder(folder).warnings)
    assert re.search(r"stations\.yaml:\d+: no station of kind police covers gd-province", told)
    assert "covers gz-tianhe" not in told

    for file in folder.glob("chains/*.yaml"):
        file.unlink()
    assert any("there is no chain" in one for one in load_folder(folder).warnings)


@pytest.mark.parametrize("tongue", ["zh", "en"])
def test_every_shipped_chain_can_be_read_aloud(tongue: str) -> None:
    for chain in load_chains(GUANGDONG).values():
        told = chain_sentences(chain, tongue=tongue)

        assert len(told) == len(chain.steps) + 7
        assert not any("{" in one for one in told)


def test_the_sentences_say_who_is_rung_together_and_when() -> None:
    told = chain_sentences(load_chains(GUANGDONG)["imminent"], tongue="en")

    assert told[1].startswith("Step 1, at once: whoever is on duty at the responsible station, to")
    assert told[3].startswith("Step 3, 4 min after the flag if nobody has acknowledged: rung")
    assert "police contacts, the nearest ambulance" in told[3]
    assert "reminded every 15 min" in told[-1]
    assert "within 5 min" in told[6]


def test_a_chain_is_kept_whole_by_an_escalation() -> None:
    kept = load_chains(GUANGDONG)["high"].snapshot("high")

    assert (kept["chain"], kept["deadline_s"], kept["longest_step_s"]) == ("high", 1800, 600)
    assert [step["ring"] for step in kept["steps"]][-1] == ["province", "supervisor"]
