"""Stand-ins for classifiers in processes that a test interrupts: fast at first, then endless."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import numpy as np

from transferleaf.cli import main
from transferleaf.commands import evaluate, explain, predict, serve
from transferleaf.explanations import Explanation
from transferleaf.predictions import describe_predictions

CLASSES = ("Bean___rust", "Bean___healthy")


class Classifier:
    """Predicts four photos. The next one takes forever."""

    classes = CLASSES

    def __init__(self) -> None:
        self._left = 4

    def predict_photos(self, paths, *, top_k, batch_size=32):
        self._work(len(paths))
        probabilities = np.tile([0.75, 0.25], (len(paths), 1))
        return describe_predictions(paths, probabilities, {}, classes=CLASSES, top_k=top_k)

    def explain(self, path, *, class_name, method):
        self._work(1)
        return Explanation(
            photo=np.zeros((8, 8, 3), np.uint8),
            heatmap=np.ones((8, 8), np.float32),
            class_name=CLASSES[0],
            probability=0.75,
            rival=CLASSES[1],
            method=method,
            stage=None,
            on_leaf=0.5,
            stage_evidence=(("low", 1.0),),
            bias=0.0,
        )

    def report(self, sets, **options):
        Path("begun").touch()
        self._work(5)

    def _work(self, photos: int) -> None:
        if photos > self._left:
            time.sleep(300)
        self._left -= photos


if __name__ == "__main__":
    # The process that started the tests may ignore Ctrl-C, as shells do for background jobs.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    model = Classifier()
    predict.open_model = evaluate.open_model = serve.open_model = lambda path, trust: model
    explain.open_classifier = lambda path: model
    predict.BATCH = 2
    main()
