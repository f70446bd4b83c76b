"""fastai's frozen ``vision_learner``, trained with ``fit_one_cycle`` as in its tutorial."""

from __future__ import annotations

import time

import fastai
import torch
from fastai.vision.all import (
    Callback,
    CancelFitException,
    ImageDataLoaders,
    Learner,
    Normalize,
    Resize,
    accuracy,
    get_image_files,
    vision_learner,
)
from torchvision.models import resnet50

from benchmarks.speed.clock import EpochClock, reckoned_seconds, steady_step
from benchmarks.speed.contenders.torch_photos import TIMM_NAMES, load_weights
from benchmarks.speed.job import Answer, Job, Places, answer_command_line

VERSIONS = {"fastai": fastai.__version__, "PyTorch": torch.__version__}

NETWORKS = {"efficientnet_lite0": TIMM_NAMES["efficientnet_lite0"], "resnet50": resnet50}

TUNING_STEPS = 6


class EpochEnds(Callback):
    """Marks the start of the first epoch and the end of each epoch, including validation."""

    def __init__(self, clock: EpochClock) -> None:
        self.clock = clock

    def before_fit(self) -> None:
        """Mark the start of the first epoch."""
        self.clock.mark()

    def after_epoch(self) -> None:
        """Mark the end of an epoch."""
        self.clock.mark()


class StepTimes(Callback):
    """Records the seconds per photo of each training step with its batch, then stops."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.seconds: list[float] = []

    def before_train(self) -> None:
        """Start timing the first step."""
        self.began = time.perf_counter()

    def after_batch(self) -> None:
        """Record the step, and start timing the next one."""
        if self.training:
            now = time.perf_counter()
            self.seconds.append((now - self.began) / len(self.xb[0]))
            self.began = now
            if len(self.seconds) == self.most:
                raise CancelFitException


def work(job: Job, places: Places) -> Answer:
    torch.manual_seed(job.seed)
    return {"fit": fit, "tune": tune}[job.task](job, places)


def fit(job: Job, places: Places) -> Answer:
    # The learner is created from the data, so this is part of the time; it takes under 1 s.
    clock = EpochClock()
    learner = make(job, places, batch_size=job.batch_size)
    with learner.no_bar(), learner.no_logging():
        learner.fit_one_cycle(job.epochs_run, cbs=[EpochEnds(clock)])
    tested = None
    if job.weights and job.epochs_run == job.epochs:
        photos = get_image_files(places.photos / "test")
        test = learner.dls.test_dl([*photos], with_labels=True)
        with learner.no_bar():
            tested = float(learner.validate(dl=test)[1])
    return Answer(
        seconds=reckoned_seconds(clock.before, clock.epochs, epochs=job.epochs),
        epoch_seconds=clock.epochs,
        accuracy=tested,
        curve=tuple(float(values[-1]) for values in learner.recorder.values),
        versions=VERSIONS,
    )


def tune(job: Job, places: Places) -> Answer:
    """Try batch sizes of 32 and 64."""
    tried = {}
    for batch_size in (32, 64):
        learner = make(job, places, batch_size=batch_size)
        times = StepTimes(TUNING_STEPS)
        with learner.no_bar(), learner.no_logging():
            learner.fit_one_cycle(1, cbs=[times])
        tried[batch_size] = 1 / steady_step(times.seconds, warm_up=len(times.seconds) // 2)
    return Answer(
        fastest={"batch_size": max(tried, key=tried.__getitem__)},
        tried={f"batch {size}": value for size, value in tried.items()},
        versions=VERSIONS,
    )


def make(job: Job, places: Places, *, batch_size: int) -> Learner:
    changes = {}
    if job.weights:  # otherwise the learner would not normalise
        changes["batch_tfms"] = Normalize.from_stats((0.5,) * 3, (0.5,) * 3)
    loaders = ImageDataLoaders.from_folder(
        places.photos,
        train="train",
        valid="val",
        item_tfms=Resize(job.image_size),
        bs=batch_size,
        **changes,
    )
    learner = vision_learner(loaders, NETWORKS[job.backbone], pretrained=False, metrics=accuracy)
    if job.weights:
        load_weights(learner.model[0].model, places.weights)
    learner.freeze()
    return learner


if __name__ == "__main__":
    answer_command_line(work)
