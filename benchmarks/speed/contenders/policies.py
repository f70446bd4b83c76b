"""The policy for a job. Plain Keras trains the same layers."""

from __future__ import annotations

from collections.abc import Sequence

import transferleaf as tl
from benchmarks.speed.job import Job
from transferleaf.backbones.backbone import Backbone


def policy_of(job: Job) -> tl.FreezePolicy:
    """Return the policy, without early stopping, so that the work is always the same."""
    match job.trained:
        case "head":
            return tl.FreezePolicy.freeze_base()
        case "last two stages":
            return tl.FreezePolicy.train_last(stages=2, epochs=job.epochs, patience=None)
        case _:
            return tl.FreezePolicy.for_quadrant("II", epochs=job.epochs, patience=None)


def trained_layers(job: Job, backbone: Backbone, *, classes: int) -> Sequence[str]:
    """Return the paths of the layers that the policy trains."""
    return policy_of(job).plan(backbone.describe(), classes=classes).phases[-1].trainable
