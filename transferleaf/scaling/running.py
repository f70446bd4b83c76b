"""A task done for each part: in this process, or on Ray."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

from transferleaf.scaling.parts import Part
from transferleaf.scaling.workers import Task, Workers

Result = TypeVar("Result")


def run(
    task: Task[Result], parts: Sequence[Part], *, on: str | None, workers: Workers
) -> Iterator[tuple[int, Result]]:
    """Do a task for each part.

    Args:
        task: What to do.
        parts: The photos. Nothing is started where there are none.
        on: ``None`` for this process; ``"ray"`` for the cluster that this process belongs to or
            ``RAY_ADDRESS`` names, or else one that is started on this machine for the time of the
            call; or an address as ``ray.init`` takes it.
        workers: What each worker on Ray may use.

    Yields:
        The number of a part and what came of it, each part once, in any order.

    Raises:
        MissingExtraError: Ray is asked for and not installed.
        ConfigError: Ray cannot be reached there.
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
