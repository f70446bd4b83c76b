import json
import sys
from dataclasses import asdict
from pathlib import Path

from benchmarks.speed.job import (
    Answer,
    Job,
    Places,
    answer_command_line,
    command_line,
    read_answer,
)

JOB = Job(task="fit", backbone="resnet50", trained="last two stages", epochs=5, xla=True)
PLACES = Places(photos=Path("photos"), store=Path("store"), weights=Path("weights.npz"))


def test_a_contender_is_given_the_job_and_the_places_of_its_command_line(monkeypatch, capsys):
    given = []
    monkeypatch.setattr(sys, "argv", ["contender", *command_line(JOB, PLACES)])

    answer_command_line(lambda job, places: given.append((job, places)) or Answer(seconds=2.0))

    assert given == [(JOB, PLACES)]
    assert read_answer(capsys.readouterr().out) == Answer(seconds=2.0)


def test_an_answer_comes_back_as_it_was_whatever_is_printed_before_it():
    answer = Answer(
        seconds=1.5,
        epoch_seconds=(1.0, 0.5),
        accuracy=0.9,
        curve=(0.8, 0.9),
        fastest={"batch_size": 64},
        versions={"Keras": "3"},
    )

    assert read_answer(f"a library says hello\n{json.dumps(asdict(answer))}\n") == answer
