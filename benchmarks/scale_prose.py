"""The prose of the page on more photos than one machine holds."""

from __future__ import annotations

OVERHEAD = """\
In the middle of a call a photo costs {ray} ms of processors by one worker of Ray and {here} ms in
the process of the caller: {added} %, {verdict} the bar of {bar} that the project sets itself.
By the clock it is {ray_clock} and {here_clock} ms, {clock_added} %. These are medians of {runs}
calls each, in turns, with {photos} drawn photos ({ray_range} and {here_range} ms of processors;
{machine}); percentages are medians of pairs. What a call needs once is left out: its first
{left_out} parts do not count."""

GAPS = """\
Between two parts of {photos} photos a worker waits {median} ms, and {most} ms at most."""

GROWTH = """\
The cost is a line: {per_photo} ms of processors for each photo, and {once} s for a call.

{rows}"""

PAGE = """\
# More photos than one machine holds

What a million, ten million and a hundred million photos take, and what breaks first. Every number
is computed from measured costs by the script that writes this page:

    python -m benchmarks.driver_costs memory
    python -m benchmarks.driver_costs passes PlantVillage --leaves leaves.csv
    python -m benchmarks.driver_costs pass
    python -m benchmarks.scale_page

The costs are those of `{backbone}` at 224 px with {stages} stages, {features} features and
{classes} classes: {photo_ms} ms a photo from the file to stored features on {cores} cores (see
[the page on speed](benchmarks.md)), and:

{costs}
## What it takes

{sizes}
Core hours count work that runs photo by photo, so they divide among machines; the time on 100 cores
is those hours divided by 100. The memory that leads and the head are on one machine; the memory is
what stays, and reading the list of photos takes more for a while.

## What Ray adds

{on_ray}
Costs are the time that processors had for a call and all that it started, Ray's own processes among
them: other work on the machine changes them less than the time on the clock.
`python -m benchmarks.scale` repeats this, and keeps both:

    python -m benchmarks.scale draw      --folder photos --photos 20000
    python -m benchmarks.scale overhead  --folder photos --photos 8192
    python -m benchmarks.scale gaps
    python -m benchmarks.scale growth    --folder photos --counts 1000 5000 20000

## What breaks first

{limits}
{first}

Bulk prediction does not meet these limits: it needs no store, and no head is solved. It does hold
the names of all photos, {place_bytes} bytes each.

## The head, in pieces

A frozen base leaves one thing to solve: the head, from stored features. Where features, their
standardised copy and what Newton's method needs fit into {memory} they are held in memory.
`TRANSFERLEAF_HEAD_MEMORY` names another size, such as `32GB`. It is a fixed size and no share of
the machine's memory, so that a run gives the same digits on every machine.

Where they do not fit, the features stay in the store's memory-mapped files. One pass finds their
mean, one their scale; then each step of the same method is a pass that reads 1,024 photos at a
time and adds up slope or curvature in double precision. The answer is that of the head in memory
within rounding, and the same to the last digit every time. What is kept in memory is of the size of
the head, and of the labels.

Passes of a search along all strengths of the penalty: {passes}. About half of them belong to the
last descent, at the strength that was chosen. The number hardly grows with the photos.

Photos are read in the order of the data set. Where the store was filled in another order, reads are
scattered, so features that do not fit into the system's memory want a disk without moving parts.

## Several GPUs

Stages that train, and everything, train on all GPUs of a machine under
`tf.distribute.MirroredStrategy`. Make the classifier within its scope, and change nothing else:

```python
strategy = tf.distribute.MirroredStrategy()
with strategy.scope():
    clf = tl.TransferClassifier(classes=data.classes, freeze=policy)
clf.fit(train, validation_data=val, batch_size=32 * strategy.num_replicas_in_sync)
```

`examples/several_gpus.py` does so on drawn leaves, on two devices that the processor stands in for
where there are no GPUs. The losses are those of one device, which a test compares.

## Several machines

Keras' `fit` does not train on several machines today, and a training loop of one's own does. Tried
with Keras 3.15 on TensorFlow 2.21, two processes on one machine:

    python -m benchmarks.several_machines

- `fit` under `tf.distribute.MultiWorkerMirroredStrategy` starts, sees both processes, and fails
  before its first step, in each of them:

  > ValueError: Attempt to convert a value (PerReplica:{{ 0: <tf.Tensor: shape=(16, 8), ...>}}) with
  > an unsupported type (<class 'tensorflow.python.distribute.values.PerReplica'>) to a Tensor.

  With the step that fails left out, by hand, the next one fails, where the replicas' results are
  put together:

  > ValueError: Invalid reduction dimension 0 for input with 0 dimensions.

  It has been so since Keras 3 ([keras issue
  20585](https://github.com/keras-team/keras/issues/20585), open).
- **A loop of one's own holds**, with a `TransferClassifier` made within the scope of the same
  strategy: `strategy.run`, a gradient tape and a Keras optimizer, which adds up the gradients of
  all machines. Two processes had the losses of one, to all of the five digits that are printed.
  `examples/several_machines.py` is such a loop. Its head is solved by `fit(..., epochs=0)` on each
  machine alike, its late stages train on photos of all of them, and the first machine saves the
  classifier. What `fit` does besides is left out: callbacks, going on after an interrupt, stored
  feature maps, and the proof that frozen weights did not move.
- **So it does in the workers of Ray Train's `TensorflowTrainer`**, which starts the processes and
  sets `TF_CONFIG`, with the same losses. `fit` was not tried there; the strategy is the same.
- `keras.distribution`: on TensorFlow it has no `initialize`, so processes cannot find each other,
  and `DataParallel` over two devices leaves every variable on one. Keras' own file for it begins
  with "DO NOT USE". It is made for JAX.

What to do first:

- Whatever is frozen, which is most of the work under the policies for quadrants I, III and IV, runs
  on as many machines as there are, by Ray, photo by photo into the store; one machine solves the
  head from it, in pieces.
- Stages that train, and quadrant II, run on the GPUs of one machine. Late stages start from stored
  feature maps, so the frozen part is not run there again. Take the loop where that is too slow.
"""
