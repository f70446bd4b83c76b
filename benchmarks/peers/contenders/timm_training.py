"""timm, with its loader, optimizer and schedule: everything trains from the first step."""

from __future__ import annotations

import timm
import torch
from timm.data import create_dataset, create_loader, resolve_model_data_config
from timm.loss import LabelSmoothingCrossEntropy
from timm.optim import create_optimizer_v2
from timm.scheduler import create_scheduler_v2
from torch.utils.data import DataLoader

from benchmarks.peers.curve import Curve, Recorder, answer_command_line
from benchmarks.speed.contenders.torch_photos import TIMM_NAMES, load_weights
from benchmarks.speed.folders import class_names
from benchmarks.speed.job import Places

VERSIONS = {"timm": timm.__version__, "PyTorch": torch.__version__}


def train(
    places: Places,
    *,
    backbone: str,
    image_size: int,
    batch_size: int,
    epochs: int,
    warm_up: int,
    rate: float,
    weight_decay: float,
    smoothing: float,
) -> Curve:
    torch.manual_seed(0)
    classes = len(class_names(places.photos))
    model = timm.create_model(TIMM_NAMES[backbone], pretrained=False, num_classes=classes)
    load_weights(model, places.weights)
    model = model.to(memory_format=torch.channels_last)
    recorder = Recorder()
    loader = photos(model, places, "train", image_size=image_size, batch_size=batch_size)
    test = photos(model, places, "test", image_size=image_size, batch_size=batch_size)
    optimizer = create_optimizer_v2(model, opt="adamw", lr=rate, weight_decay=weight_decay)
    schedule, _ = create_scheduler_v2(
        optimizer,
        sched="cosine",
        num_epochs=epochs,
        warmup_epochs=warm_up,
        warmup_prefix=True,
        warmup_lr=rate / 100,
        step_on_epochs=False,
        updates_per_epoch=len(loader),
    )
    loss_of = LabelSmoothingCrossEntropy(smoothing)
    step = 0
    # With a prefix, the warm-up comes before the epochs of the cosine.
    for _ in range(epochs + warm_up):
        model.train()
        for images, labels in loader:
            schedule.step_update(step)
            loss = loss_of(model(images.to(memory_format=torch.channels_last)), labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            step += 1
        recorder.stop()
        accuracy, mean_loss = evaluate(model, test)
        recorder.record("all", accuracy=accuracy, loss=mean_loss)
    return Curve(points=tuple(recorder.points), versions=VERSIONS)


def photos(
    model: torch.nn.Module, places: Places, part: str, *, image_size: int, batch_size: int
) -> DataLoader:
    """Return a loader with the transforms of timm's training script."""
    pixels = resolve_model_data_config(model)
    training = part == "train"
    return create_loader(
        create_dataset("", root=str(places.photos / part)),
        input_size=(3, image_size, image_size),
        batch_size=batch_size,
        is_training=training,
        color_jitter=0.4 if training else None,
        interpolation="random" if training else pixels["interpolation"],
        mean=pixels["mean"],
        std=pixels["std"],
        crop_pct=pixels["crop_pct"],
        num_workers=2,
        use_prefetcher=False,
        device=torch.device("cpu"),
    )


@torch.inference_mode()
def evaluate(model: torch.nn.Module, data: DataLoader) -> tuple[float, float]:
    """Return accuracy and mean cross-entropy."""
    model.eval()
    right, loss = 0, 0.0
    for images, labels in data:
        scores = model(images.to(memory_format=torch.channels_last))
        right += int((scores.argmax(dim=1) == labels).sum())
        loss += float(torch.nn.functional.cross_entropy(scores, labels, reduction="sum"))
    return right / len(data.dataset), loss / len(data.dataset)


if __name__ == "__main__":
    answer_command_line(train)
