"""timm with PyTorch: the frozen network runs without gradients, in the channels-last layout."""

from __future__ import annotations

import time
from pathlib import Path

import timm
import torch
from timm.data import resolve_model_data_config
from torch.utils.data import DataLoader
from torchvision import transforms
from torchvision.datasets import ImageFolder

from benchmarks.speed.clock import EpochClock, reckoned_seconds, steady_step
from benchmarks.speed.contenders.torch_photos import TIMM_NAMES, load_weights
from benchmarks.speed.folders import class_names
from benchmarks.speed.job import Answer, Job, Places, answer_command_line

VERSIONS = {"timm": timm.__version__, "PyTorch": torch.__version__}

# Enough steps that the workers have started before the second half.
TUNING_STEPS = 12


def work(job: Job, places: Places) -> Answer:
    torch.manual_seed(job.seed)
    return {"fit": fit, "tune": tune}[job.task](job, places)


def fit(job: Job, places: Places) -> Answer:
    model = build(job, places)
    optimizer = torch.optim.AdamW(model.get_classifier().parameters(), lr=1e-3)
    clock = EpochClock()
    train = loader(model, places.photos / "train", job, job.batch_size, shuffle=True)
    validation = loader(model, places.photos / "val", job, job.batch_size, shuffle=False)
    clock.mark()
    curve = []
    for _ in range(job.epochs_run):
        for images, labels in train:
            train_step(model, optimizer, images, labels)
        curve.append(accuracy_of(model, validation))
        clock.mark()
    accuracy = None
    if job.weights and job.epochs_run == job.epochs:
        test = loader(model, places.photos / "test", job, job.batch_size, shuffle=False)
        accuracy = accuracy_of(model, test)
    return Answer(
        seconds=reckoned_seconds(clock.before, clock.epochs, epochs=job.epochs),
        epoch_seconds=clock.epochs,
        accuracy=accuracy,
        curve=tuple(curve),
        versions=VERSIONS,
    )


def tune(job: Job, places: Places) -> Answer:
    """Try batch sizes of 32 and 64."""
    tried = {}
    for batch_size in (32, 64):
        model = build(job, places)
        optimizer = torch.optim.AdamW(model.get_classifier().parameters(), lr=1e-3)
        batches = loader(model, places.photos / "train", job, batch_size, shuffle=True)
        seconds = []
        began = time.perf_counter()
        for _, (images, labels) in zip(range(TUNING_STEPS), batches, strict=False):
            train_step(model, optimizer, images, labels)
            seconds.append((time.perf_counter() - began) / len(images))
            began = time.perf_counter()
        tried[batch_size] = 1 / steady_step(seconds, warm_up=len(seconds) // 2)
    return Answer(
        fastest={"batch_size": max(tried, key=tried.__getitem__)},
        tried={f"batch {size}": value for size, value in tried.items()},
        versions=VERSIONS,
    )


def build(job: Job, places: Places) -> torch.nn.Module:
    """Return the network, frozen except for its classifier."""
    classes = len(class_names(places.photos))
    model = timm.create_model(TIMM_NAMES[job.backbone], pretrained=False, num_classes=classes)
    if job.weights:
        load_weights(model, places.weights)
    model.requires_grad_(False)
    model.get_classifier().requires_grad_(True)
    # In evaluation mode, batch norm uses its stored statistics.
    return model.to(memory_format=torch.channels_last).eval()


def loader(
    model: torch.nn.Module, folder: Path, job: Job, batch_size: int, *, shuffle: bool
) -> DataLoader:
    pixels = resolve_model_data_config(model)
    prepare = transforms.Compose(
        [
            transforms.Resize((job.image_size, job.image_size)),
            transforms.ToTensor(),
            transforms.Normalize(pixels["mean"], pixels["std"]),
        ]
    )
    return DataLoader(
        ImageFolder(folder, prepare),
        batch_size=batch_size,
        shuffle=shuffle,
        num_workers=2,
        persistent_workers=True,
    )


def train_step(
    model: torch.nn.Module,
    optimizer: torch.optim.Optimizer,
    images: torch.Tensor,
    labels: torch.Tensor,
) -> None:
    with torch.no_grad():
        features = model.forward_features(images.to(memory_format=torch.channels_last))
    loss = torch.nn.functional.cross_entropy(model.forward_head(features), labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


@torch.inference_mode()
def accuracy_of(model: torch.nn.Module, data: DataLoader) -> float:
    right = 0
    for images, labels in data:
        scores = model(images.to(memory_format=torch.channels_last))
        right += int((scores.argmax(dim=1) == labels).sum())
    return right / len(data.dataset)


if __name__ == "__main__":
    answer_command_line(work)
