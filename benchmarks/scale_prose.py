"""The text of the page on large data sets."""

from __future__ import annotations

OVERHEAD = """\
During a call, a photo takes {ray} ms of CPU time in one Ray worker and {here} ms in the calling
process: {added} %, {verdict} the project's limit of {bar}. The wall-clock times are {ray_clock} and
{here_clock} ms, {clock_added} %. These are medians of {runs} calls each, alternating, with {photos}
drawn photos ({ray_range} and {here_range} ms of CPU time; {machine}); percentages are medians of
pairs. The start of a call is excluded: the first {left_out} parts do not count."""

GAPS = """\
Between two parts of {photos} photos a worker waits {median} ms, and {most} ms at most."""

GROWTH = """\
The cost is linear: {per_photo} ms of CPU time per photo, plus {once} s per call.

{rows}"""

PAGE = """\
# Large data sets: requirements and limits

The resources for one, ten and a hundred million photos, and the first limits. The script that
writes this page computes all numbers from measured costs:

    python -m benchmarks.driver_costs memory
    python -m benchmarks.driver_costs passes PlantVillage --leaves leaves.csv
    python -m benchmarks.driver_costs pass
    python -m benchmarks.scale_page

The costs are those of `{backbone}` at 224 px with {features} features in {spaces} outputs and
{classes} classes: {photo_ms} ms per photo from the file to stored features on {cores} cores (see
[the page on speed](benchmarks.md)), and:

{costs}

## Resources

{sizes}

Core hours are work per photo, which can be distributed: the time on 100 cores is a
hundredth. The memory of the leading process and the head are on one machine. This memory is
permanent; reading the list of photos temporarily needs more.

## Overhead of Ray

{on_ray}
Costs are CPU times of a call and all its processes, including those of Ray. Other
processes on the machine affect them less than wall-clock times. `python -m benchmarks.scale`
repeats the measurement and stores both:

    python -m benchmarks.scale draw      --folder photos --photos 20000
    python -m benchmarks.scale overhead  --folder photos --photos 8192
    python -m benchmarks.scale gaps
    python -m benchmarks.scale growth    --folder photos --counts 1000 5000 20000

## Limits

{limits}

{first}

Bulk prediction does not have these limits, because it needs no store and no head. It keeps the
names of all photos in memory, {place_bytes} bytes each.

## Solving the head in blocks

With a frozen base, only the head is solved, from stored features. If the features, their
standardised copy and the arrays of Newton's method fit into {memory} they are kept in memory.
`TRANSFERLEAF_HEAD_MEMORY` sets another limit, such as `32GB`. The limit does not depend on the
memory of the machine, so results are the same on every machine.

Otherwise, the features stay in the memory-mapped files of the store. One pass computes their mean
and one their scale. Then each step of Newton's method is a pass that reads blocks of 1,024 photos
and sums gradients or curvature in double precision. The result is the same as in memory within
rounding errors, and reproducible to the last digit. Only the head and the labels are in memory.

Number of passes for all L2 strengths: {passes}. About half of them are for the
selected strength. The number hardly depends on the number of photos.

Photos are read in the order of the data set. If the store has another order, reads are random, so
use an SSD for features that do not fit in memory.

## Several GPUs

With `tf.distribute.MirroredStrategy`, trainable stages train on all GPUs of a machine. Create the
classifier in its scope:

```python
strategy = tf.distribute.MirroredStrategy()
with strategy.scope():
    clf = tl.TransferClassifier(classes=data.classes, freeze=policy)
clf.fit(train, validation_data=val, batch_size=32 * strategy.num_replicas_in_sync)
```

`examples/several_gpus.py` does this on drawn leaves. Without GPUs, it uses two virtual devices of
the processor. A test verifies that the losses are the same as on one device.

## Several machines

`fit` of Keras does not work on several machines, but a custom training loop does. This was tested
with Keras 3.15 and TensorFlow 2.21, with two processes on one machine:

    python -m benchmarks.several_machines

- `fit` with `tf.distribute.MultiWorkerMirroredStrategy` finds both processes and fails before the
  first step:

  > ValueError: Attempt to convert a value (PerReplica:{{ 0: <tf.Tensor: shape=(16, 8), ...>}}) with
  > an unsupported type (<class 'tensorflow.python.distribute.values.PerReplica'>) to a Tensor.

  Without this operation, it fails when it combines the results of the replicas:

  > ValueError: Invalid reduction dimension 0 for input with 0 dimensions.

  This is a known problem of Keras 3 ([keras issue
  20585](https://github.com/keras-team/keras/issues/20585), open).
- **A custom loop works**, with a `TransferClassifier` created in the scope of the same strategy. It
  uses `strategy.run`, a gradient tape and a Keras optimizer, which sums the gradients of all
  machines. Two processes had the same losses as one, to all five printed digits.
  `examples/several_machines.py` is such a loop. Every machine solves the same head with
  `fit(..., epochs=0)`, the late stages train on the photos of all machines, and the first machine
  saves the classifier. The loop has no callbacks, no resuming, no stored feature maps and no
  verification of frozen weights.
- **It also works with `TensorflowTrainer` of Ray Train**, which starts the processes and sets
  `TF_CONFIG`, with the same losses. `fit` was not tested there; the strategy is the same.
- `keras.distribution` has no `initialize` for TensorFlow, so the processes cannot find each other.
  `DataParallel` on two devices puts all variables on one. It is intended for JAX.

Recommendations:

- Frozen stages are most of the work for quadrants I, III and IV. Run them on several machines with
  Ray, which fills the store, and solve the head on one machine in blocks.
- Train stages on the GPUs of one machine. Late stages start from stored feature maps, so the frozen
  part does not run again. If that is too slow, use the custom loop.
"""
