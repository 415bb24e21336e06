"""Sections: figures of a small set through the product's own store, and how they are counted."""

import gzip
import json
import random
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bench.eval.__main__ import app
from bench.eval.topics import Answer, calibration_error

WORDS = {
    "sport": "bóng đá cầu thủ huấn luyện viên trận đấu bàn thắng đội tuyển",
    "health": "bệnh viện bác sĩ thuốc điều trị vắc xin bệnh nhân phẫu thuật",
}
COMMON = "hôm nay tại thành phố người ta cho biết rằng đã có nhiều việc được làm"


def row(label: str, about: str, seed: int) -> dict[str, Any]:
    rng = random.Random(f"{about} {seed}")
    chosen = [
        rng.choice((WORDS[about] if rng.random() < 0.6 else COMMON).split()) for _ in "x" * 70
    ]
    return {"id": seed, "label": label, "text": f"{' '.join(chosen[:8])}\n{' '.join(chosen)}"}


def write(path: Path, rows: list[dict[str, Any]]) -> str:
    path.write_bytes(gzip.compress("\n".join(map(json.dumps, rows)).encode()))
    return str(path)


@pytest.fixture(scope="module")
def train(tmp_path_factory: pytest.TempPathFactory) -> str:
    rows = [row(label, label, seed) for seed in range(30) for label in WORDS]
    return write(tmp_path_factory.mktemp("topics") / "train.jsonl.gz", rows)


def measured(*arguments: str) -> dict[str, Any]:
    result = CliRunner().invoke(app, ["topics", *arguments, "--json"], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.output)
    return found


def test_a_wrong_label_in_twenty_costs_a_twentieth(train: str, tmp_path: Path) -> None:
    asked = [row(label, label, 1000 + seed) for seed in range(10) for label in WORDS]
    asked[0]["label"] = "health"
    found = measured(train, write(tmp_path / "test.jsonl.gz", asked))
    assert (found["train"], found["test"]) == (60, 20)
    assert found["accuracy"] == 0.95
    assert found["macro_f1"] == round((18 / 19 + 20 / 21) / 2, 4)
    assert found["accuracy_85"] in (1.0, round(16 / 17, 4))
    assert found["filed"] == 1.0
    assert found["filed_right"] == 0.95
    assert found["baseline"]["accuracy"] == 0.95
    assert found["articles_per_s"] > 0


def test_without_a_test_file_each_article_is_asked_once_by_folds(train: str) -> None:
    found = measured(train, "--strip-diacritics", "--first-chars", "200")
    assert (found["train"], found["test"]) == (48, 60)
    assert found["accuracy"] > 0.9


CALIBRATION = {
    "sure and right": ([("a", "a", 1.0)] * 4, 0.0),
    "sure and wrong": ([("a", "b", 1.0)] * 4, 1.0),
    "as sure as right": ([("a", "a", 0.75)] * 3 + [("a", "b", 0.75)], 0.0),
    "two bins": ([("a", "a", 0.55), ("a", "b", 0.95)], 0.7),
}


@pytest.mark.parametrize(("given", "error"), CALIBRATION.values(), ids=CALIBRATION.keys())
def test_calibration_error_is_how_far_sureness_is_from_being_right(
    given: list[tuple[str, str, float]], error: float
) -> None:
    assert calibration_error([Answer(*one) for one in given]) == pytest.approx(error)
