"""Processing of parts in this process or on Ray."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

from transferleaf.scaling.parts import Part
from transferleaf.scaling.workers import Task, Workers

Result = TypeVar("Result")


def run(
    task: Task[Result], parts: Sequence[Part], *, on: str | None, workers: Workers
) -> Iterator[tuple[int, Result]]:
    """Run a task for each part.

    Args:
        task: The task.
        parts: The parts. If there are none, nothing is started.
        on: ``None`` for this process; ``"ray"`` for the cluster of this process or of
            ``RAY_ADDRESS``, or otherwise a temporary one on this machine; or an address for
            ``ray.init``.
        workers: The resources of each Ray worker.

    Yields:
        The number of a part and its result, each part once, in any order.

    Raises:
        MissingExtraError: Ray is required and not installed.
        ConfigError: Ray cannot be reached at this address.
        BulkRunError: Ray failed.
    """
    if not parts:
        return
    if on is None:
        work = task.open(None)
        for part in parts:
            yield part.number, work(part)
        return
    from transferleaf.scaling.on_ray import run_on_ray

    yield from run_on_ray(task, parts, address=on, workers=workers)
