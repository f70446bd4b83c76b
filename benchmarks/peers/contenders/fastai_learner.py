"""fastai's ``vision_learner`` and ``fine_tune``, with its default values and ``aug_transforms``."""

from __future__ import annotations

import fastai
import torch
from fastai.vision.all import (
    Callback,
    ImageDataLoaders,
    Normalize,
    Resize,
    accuracy,
    aug_transforms,
    set_seed,
    vision_learner,
)

from benchmarks.peers.curve import Curve, Recorder, answer_command_line
from benchmarks.speed.contenders.torch_photos import TIMM_NAMES, load_weights
from benchmarks.speed.job import Places

VERSIONS = {"fastai": fastai.__version__, "PyTorch": torch.__version__}


class Tests(Callback):
    """Stops the clock while fastai evaluates the test photos after each epoch."""

    order = 60  # after the recorder of fastai

    def __init__(self, recorder: Recorder) -> None:
        self.clock = recorder

    def before_validate(self) -> None:
        """Stop the clock."""
        self.clock.stop()

    def after_epoch(self) -> None:
        """Record a point."""
        _, loss, right = self.recorder.values[-1]
        frozen = self.opt.frozen_idx > 0
        self.clock.record("head" if frozen else "all", accuracy=float(right), loss=float(loss))


def train(
    places: Places,
    *,
    backbone: str,
    image_size: int,
    batch_size: int,
    epochs: int,
    channels_last: bool,
) -> Curve:
    set_seed(0)
    # The learner is created from the data, so this is part of the time; it takes under 1 s.
    recorder = Recorder()
    loaders = ImageDataLoaders.from_folder(
        places.photos,
        train="train",
        valid="test",
        item_tfms=Resize(image_size),
        batch_tfms=[*aug_transforms(), Normalize.from_stats((0.5,) * 3, (0.5,) * 3)],
        bs=batch_size,
    )
    learner = vision_learner(loaders, TIMM_NAMES[backbone], pretrained=False, metrics=accuracy)
    load_weights(learner.model[0].model, places.weights)
    if channels_last:
        learner.to_channelslast(use_amp=False)
    with learner.no_bar(), learner.no_logging():
        learner.fine_tune(epochs, cbs=[Tests(recorder)])
    return Curve(points=tuple(recorder.points), versions=VERSIONS)


if __name__ == "__main__":
    answer_command_line(train)
