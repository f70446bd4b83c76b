"""The command ``predict --parquet``."""

from __future__ import annotations

import io

import pytest

from transferleaf import scaling
from transferleaf.commands.grammar.bulk import predict_in_bulk
from transferleaf.scaling import BulkPredictions


@pytest.mark.parametrize("bad", [0, 1])
def test_words_on_stdin_are_read_and_the_result_is_printed(monkeypatch, capsys, bad):
    asked = {}

    def predict_photos_to(classifier, words, folder, **options):
        asked.update(options, words=words)
        options["progress"](2, 3)
        return BulkPredictions(folder=folder, parts=("a",), photos=3, bad=bad, found_done=0)

    monkeypatch.setattr(scaling, "predict_photos_to", predict_photos_to)

    whole = predict_in_bulk(
        None, ["a.jpg", "-"], "found", on="ray", top_k=2, stdin=io.StringIO("b.jpg\n\nc.jpg\n")
    )

    said = capsys.readouterr().err
    assert whole is not bool(bad)
    assert (asked["words"], asked["on"], asked["top_k"]) == (["a.jpg", "b.jpg", "c.jpg"], "ray", 2)
    assert said.startswith("2 of 3 photos\n3 photos")
    assert ("1 of them without a prediction" in said) is bool(bad)
