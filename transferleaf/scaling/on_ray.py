"""Parallel processing of parts on the workers of Ray Data.

One row of the data set is one part, so that Ray does not divide parts, and only as many are in
flight as the workers process. Ray replaces ended workers without a limit, so the starts of each
part are counted, and a part with too many starts is given up.
"""

from __future__ import annotations

import logging
import os
import pickle
import textwrap
import traceback
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from transferleaf.errors import BulkRunError, ConfigError, TransferLeafError
from transferleaf.files.versions import __version__
from transferleaf.scaling.extras import need
from transferleaf.scaling.losses import each_part
from transferleaf.scaling.parts import Part
from transferleaf.scaling.workers import Task, Workers
from transferleaf.text.wording import counted

Result = TypeVar("Result")

OWN_CLUSTER = "ray"
"""The value of ``on`` for any cluster: an existing one, or one for this call."""

# One being processed and one waiting. More would be assigned to slow machines.
_PARTS_IN_FLIGHT = 2

_COLUMN = "part"


def run_on_ray(
    task: Task[Result], parts: Sequence[Part], *, address: str, workers: Workers
) -> Iterator[tuple[int, Result]]:
    """Run a task for each part on a cluster; see ``transferleaf.scaling.running.run``."""
    ray = need("ray", package="ray", why="on='ray'")
    need("ray.data", package="ray", why="on='ray'")
    need("pyarrow", package="pyarrow", why="on='ray'")
    with _connected(ray, address), _quiet(ray):
        cpus = workers.cpus or _smallest_machine(ray)
        warn_if_too_large(ray, cpus, workers)
        # Sent through the object store once for all workers. Pickled separately, because unpickling
        # a network starts TensorFlow, whose threads must be set before.
        shared = ray.put(_Shared(__version__, task.on_tensorflow, ray.cloudpickle.dumps(task)))
        yield from each_part(parts, _RayPass(ray, shared, cpus, workers))


@dataclass(frozen=True, slots=True)
class _RayPass:
    """A pass over parts with its own workers; see ``transferleaf.scaling.losses.Pass``."""

    ray: Any
    shared: Any
    cpus: int
    workers: Workers

    def __call__(self, parts: Sequence[Part], *, attempts: int) -> Iterator[tuple[int, Any]]:
        begun = self.ray.remote(num_cpus=0, max_restarts=-1, max_task_retries=-1)(_Begun).remote()
        answers = (
            _rows(self.ray, parts)
            .map_batches(
                _Worker,
                fn_constructor_args=(self.shared, self.cpus, begun, attempts),
                batch_size=1,
                batch_format="pyarrow",
                compute=self.ray.data.ActorPoolStrategy(
                    min_size=1,
                    max_size=_most_workers(self.ray, self.cpus, self.workers, len(parts)),
                    max_tasks_in_flight_per_actor=_PARTS_IN_FLIGHT,
                ),
                num_cpus=self.cpus,
                num_gpus=self.workers.gpus,
            )
            .iter_batches(batch_size=None, batch_format="pyarrow", prefetch_batches=0)
        )
        yield from _results(self.ray, answers)


class _Begun:
    """Counts the starts of each part, outside of the workers, which may end during a part."""

    def __init__(self) -> None:
        self._times: Counter[int] = Counter()

    def again(self, position: int) -> int:
        self._times[position] += 1
        return self._times[position]


@dataclass(frozen=True, slots=True)
class _Shared:
    """The data for all workers: the caller's version, whether to use TensorFlow, and the task."""

    version: str
    on_tensorflow: bool
    task: bytes


@dataclass(frozen=True, slots=True)
class _Failure:
    """The result of a worker that failed."""

    error: TransferLeafError


@dataclass(frozen=True, slots=True)
class _Lost:
    """The result for a part during which too many workers ended."""


class _Worker:
    """A process of the cluster. It opens the task once for all its parts."""

    def __init__(self, shared: Any, cpus: int, begun: Any, attempts: int) -> None:
        self._shared = shared
        self._cpus = cpus
        self._begun = begun
        self._attempts = attempts
        self._work: Callable[[Part], Any] | None = None

    def __call__(self, batch: Any) -> Any:
        import pyarrow as pa

        found = [pickle.dumps(self._outcome(*pickle.loads(row.as_py()))) for row in batch[_COLUMN]]
        return pa.table({_COLUMN: pa.array(found, pa.large_binary())})

    def _outcome(self, position: int, part: Part) -> tuple[int, Any]:
        """Return the position of a part and its result, or the error.

        Errors are returned, because a raised error would reach the caller only as text.
        """
        import ray

        if ray.get(self._begun.again.remote(position)) > self._attempts:
            return position, _Lost()
        try:
            self._work = self._work or self._open()
            return position, self._work(part)
        except TransferLeafError as error:
            return position, _Failure(error)
        except Exception as error:
            traceback.print_exc()  # to the log of the worker
            told = textwrap.shorten(f"{type(error).__name__} in a worker: {error}", width=300)
            return position, _Failure(BulkRunError(told))

    def _open(self) -> Callable[[Part], Any]:
        import ray

        shared = ray.get(self._shared)
        if shared.version != __version__:
            must = f"be {shared.version} on all machines of the cluster, as on the calling machine"
            raise ConfigError("transferleaf", __version__, must)
        if shared.on_tensorflow:
            _start_tensorflow(self._cpus)
        opened: Callable[[Part], Any] = pickle.loads(shared.task).open(self._cpus)
        return opened


def _start_tensorflow(threads: int) -> None:
    """Start TensorFlow with the granted number of cores, as it would otherwise use all."""
    from transferleaf.process.quiet_start import start_tensorflow_quietly

    start_tensorflow_quietly()
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(1)


def _rows(ray: Any, parts: Sequence[Part]) -> Any:
    import pyarrow as pa

    # One block per part, so that a worker processes one part at a time and loses at most one.
    return ray.data.from_arrow(
        [
            pa.table({_COLUMN: pa.array([pickle.dumps(each)], pa.large_binary())})
            for each in enumerate(parts)
        ]
    )


def _results(ray: Any, answers: Any) -> Iterator[tuple[int, Any]]:
    try:
        for batch in answers:
            for row in batch[_COLUMN]:
                position, found = pickle.loads(row.as_py())
                if isinstance(found, _Failure):
                    raise found.error
                if not isinstance(found, _Lost):
                    yield position, found
    except ray.exceptions.RayError as error:
        told = textwrap.shorten(f"{type(error).__name__}: {error}", width=300)
        raise BulkRunError(told) from error


@contextmanager
def _connected(ray: Any, address: str) -> Iterator[None]:
    """Connect to a cluster for the block. An existing connection is not changed."""
    if ray.is_initialized():
        here = ray.get_runtime_context().gcs_address
        if address not in (OWN_CLUSTER, "auto", here):
            must = f'be "ray" or {here!r}, the cluster that this process belongs to already'
            raise ConfigError("on", address, must)
        yield
        return
    # Ray reports usage by default. An existing setting is not changed.
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        ray.init(
            address=None if address == OWN_CLUSTER else address,
            include_dashboard=None if _is_elsewhere(address) else False,
            logging_level="error",
        )
    except (ConnectionError, ValueError, RuntimeError) as error:
        reason = str(error).strip().partition("\n")[0]
        must = f"be the address of a Ray cluster that can be reached ({reason})"
        raise ConfigError("on", address, must) from error
    try:
        yield
    finally:
        ray.shutdown()


def _is_elsewhere(address: str) -> bool:
    """Return whether a cluster is already running, whose settings we must not change."""
    return address not in (OWN_CLUSTER, "local") or "RAY_ADDRESS" in os.environ


@contextmanager
def _quiet(ray: Any) -> Iterator[None]:
    """Suppress the progress bars and messages of Ray Data."""
    log = logging.getLogger("ray.data")
    level = log.level
    context = ray.data.DataContext.get_current()
    before = (context.enable_progress_bars, context.print_on_execution_start)
    context.enable_progress_bars = context.print_on_execution_start = False
    log.setLevel(logging.ERROR)
    try:
        yield
    finally:
        log.setLevel(level)
        context.enable_progress_bars, context.print_on_execution_start = before


def _smallest_machine(ray: Any) -> int:
    cores = [
        int(node["Resources"].get("CPU", 0))
        for node in ray.nodes()
        if node["Alive"] and node["Resources"].get("CPU", 0) >= 1
    ]
    # A cluster without worker nodes starts some when cores are requested.
    return min(cores, default=1)


def warn_if_too_large(ray: Any, cpus: int, workers: Workers) -> None:
    """Warn if no machine has room for a worker. Ray waits for one without a message."""
    machines = [node["Resources"] for node in ray.nodes() if node["Alive"]]
    fits = any(
        machine.get("CPU", 0) >= cpus and machine.get("GPU", 0) >= workers.gpus
        for machine in machines
    )
    if not fits:
        of = f"{counted(cpus, 'CPU')} and {workers.gpus:g} GPUs"
        warnings.warn(
            f"no machine of the Ray cluster has {of} for a worker, so nothing is done until one "
            "joins. Ask for less with Workers(cpus=..., gpus=...).",
            stacklevel=2,
        )


def _most_workers(ray: Any, cpus: int, workers: Workers, parts: int) -> int:
    room = int(ray.cluster_resources().get("CPU", 0)) // cpus
    if workers.gpus:
        room = min(room, int(ray.cluster_resources().get("GPU", 0) / workers.gpus))
    return max(1, min(workers.max_workers or room, parts))
