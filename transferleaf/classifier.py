"""TransferClassifier: a pretrained backbone with a new head, trained by a freezing policy."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike
from typing import Any, Literal

import keras
from typing_extensions import Self

from transferleaf.adapting.adaptation import Adaptation, adaptation_in
from transferleaf.adapting.adapting import adapt_to
from transferleaf.advice.advice import Advice
from transferleaf.advice.deciding import decide
from transferleaf.augmenting.augmentation import Augmentation
from transferleaf.backbones.backbone import Backbone
from transferleaf.backbones.spec import BackboneSpec
from transferleaf.calibrating import Calibration, ClassMeans
from transferleaf.calibrating.answering import predict_photo_files
from transferleaf.calibrating.calibrating import calibrate_on
from transferleaf.calibrating.saving import calibration_in, load_class_means, save_class_means
from transferleaf.explanations.explaining import explain_photo
from transferleaf.export.exporting import export_classifier
from transferleaf.features.frozen import FrozenPrefix
from transferleaf.features.leaf_map import with_region
from transferleaf.freezing import FreezePlan, FreezePolicy
from transferleaf.head.layers import is_untrained, read_head
from transferleaf.judging.report import report_on
from transferleaf.process.forks import about_to_work
from transferleaf.training.assembly import assemble, resolve_backbone
from transferleaf.training.checks import (
    check_backend,
    check_classes,
    checked_dropout,
    checked_policy,
    refuse_options,
)
from transferleaf.training.feeding.bad_photos import OnBadPhoto, SkippedPhoto
from transferleaf.training.feeding.class_weight import ClassWeight
from transferleaf.training.feeding.empty_classes import warn_of_empty_classes
from transferleaf.training.feeding.feeds import Feed, FeedFormat, open_feed, open_validation
from transferleaf.training.feeding.pixel_values import warn_of_unit_range
from transferleaf.training.feeding.stage_reader import prefix_of
from transferleaf.training.fit_size import fit_size, restore_size
from transferleaf.training.fitting import Fit, FitOptions
from transferleaf.training.inference import evaluate_data, predict_data
from transferleaf.training.phases.compiling import PhaseCompiler, PolicyCompiler, UserCompiler
from transferleaf.training.phases.trainability import freeze_as_planned
from transferleaf.training.run import PhaseRecord
from transferleaf.training.saved_config import arguments_of, compile_as_saved, config_of, restore
from transferleaf.training.time_limit import checked_time_limit
from transferleaf.whole_numbers import whole_number


@keras.saving.register_keras_serializable("transferleaf")
class TransferClassifier(keras.Model):
    """A leaf classifier: a pretrained backbone with a new head, trained by a freezing policy.

    It is a ``keras.Model`` from raw photos to class probabilities. The graph includes resizing and
    the pixel convention of the backbone, so ``predict``, a direct call and the saved file agree.

    Args:
        classes: Class names, such as ``"Tomato___Late_blight"``, in the order of the outputs. At
            least two, all different.
        backbone: Name of a registered backbone, a ``BackboneSpec``, or a functional ``keras.Model``
            that takes RGB in [0, 255], shape ``(batch, size, size, 3)``, and outputs a feature map.
            The layers of a ``keras.Model`` are shared, not copied, and the policy freezes them.
        freeze: A ``FreezePolicy`` or the name of one: ``"I"`` to ``"IV"`` for the policy of a
            quadrant, ``"head"`` to train only the head, ``"auto"`` to measure the training data and
            choose at the first ``fit``. Default: ``"IV"``.
        weights: ``"imagenet"``, the path of a weights file, or ``None`` for random weights. A
            ``keras.Model`` keeps its weights unless you pass a file.
        stages: Only for a ``keras.Model``: the names of the layers at which its stages end, in
            order. Default: the whole network is one stage.
        image_size: Height and width to which photos are resized, in pixels. Default: the input size
            of the backbone; the first ``fit`` with a time limit may choose a smaller one.
        dropout: Dropout rate of gradient training, in [0, 1). Default: that of the policy.
        augment: Augmentation of the training photos. Default: none.
        name: Name of the model.

    Attributes:
        classes: The class names.
        freeze: The policy.
        advice: The advice of ``freeze="auto"``. ``None`` if a time limit left no choice.
        backbone: The backbone with its stages.
        image_size: Height and width of the backbone's input, in pixels.
        augment: The augmentation.
        plan: The plan of the last ``fit``; ``None`` before the first.
        records: The phases of the last ``fit``, with times and checks of the frozen weights.
        calibration: The result of ``calibrate``; ``None`` before, and after another ``fit``.
        class_means: The mean features of each class, from ``calibrate``. Saved, as is calibration.
        adaptation: The result of ``adapt``; ``None`` before, and after another ``fit``. Saved.
        refitted: Whether ``fit`` continued from weights that an earlier ``fit`` may have changed.
        skipped_photos: The unreadable photos that ``fit`` and ``adapt`` left out. Saved.
        photos_of_fit: The approximate number of photos of the last ``fit``. Saved with the model.

    Raises:
        ConfigError: An argument has an invalid value.
        UnknownBackboneError: No backbone has this name.
        PretrainedWeightsError: The pretrained weights are not available.

    >>> import numpy as np
    >>> clf = TransferClassifier(
    ...     classes=["Bean___healthy", "Bean___rust"], backbone="efficientnet_lite0", image_size=64
    ... )
    >>> clf(np.zeros((1, 100, 80, 3), "uint8")).shape
    TensorShape([1, 2])
    """

    def __init__(
        self,
        *,
        classes: Sequence[str],
        backbone: str | BackboneSpec | keras.Model | Backbone = "resnet50",
        freeze: FreezePolicy | Literal["auto", "I", "II", "III", "IV", "head"] | None = None,
        weights: str | PathLike[str] | None = "imagenet",
        stages: Sequence[str] | None = None,
        image_size: int | None = None,
        dropout: float | None = None,
        augment: Augmentation | None = None,
        name: str = "transfer_classifier",
    ) -> None:
        check_backend()
        check_classes(classes)
        policy = checked_policy(freeze)
        built = resolve_backbone(backbone, weights=weights, stages=stages, image_size=image_size)
        if not isinstance(backbone, Backbone):  # a loaded backbone is complete
            freeze_as_planned(built, policy)
        built = with_region(built, policy.head_region)
        rate = checked_dropout(dropout, policy)
        inputs = keras.Input((None, None, 3), name="photos")
        super().__init__(
            inputs, assemble(inputs, built, policy, classes=len(classes), dropout=rate), name=name
        )
        self.classes = tuple(classes)
        self.backbone = built
        self._freeze = policy
        self.advice: Advice | None = None
        self.image_size = built.image_size
        self.dropout = dropout
        self.augment = augment
        self.plan: FreezePlan | None = None
        self.records: tuple[PhaseRecord, ...] = ()
        self.skipped_photos: tuple[SkippedPhoto, ...] = ()
        self.photos_of_fit = 0
        self.calibration: Calibration | None = None
        self.class_means: ClassMeans | None = None
        self.adaptation: Adaptation | None = None
        self.refitted = False
        self._compiled_by: Literal["policy", "user"] = "policy"
        self._user_arguments: dict[str, Any] = {}
        chosen = image_size is not None or not isinstance(backbone, (str, BackboneSpec))
        self._default_size = None if chosen else built.image_size
        self._saved_compiling: dict[str, Any] | None = None

    def __new__(cls, *tensors: Any, **options: Any) -> Any:
        """Create a classifier, or the plain network that ``clone_model`` asks for with two tensors.

        Keras up to 3.12 calls this constructor as that of a functional model.
        """
        cloned = len(tensors) == 2 and isinstance(tensors[0], keras.KerasTensor)
        return keras.Model(*tensors, **options) if cloned else super().__new__(cls)

    __new__.__wrapped__ = __init__  # type: ignore[attr-defined]  # has the signature to show

    def __repr__(self) -> str:
        fitted = "not fitted" if is_untrained(read_head(self)) else "fitted"
        calibrated = "not calibrated" if self.calibration is None else "calibrated"
        return (
            f"TransferClassifier({self.backbone.name} at {self.image_size} px, "
            f"{len(self.classes)} classes, {self.freeze!r}, {fitted}, {calibrated})"
        )

    @property
    def freeze(self) -> FreezePolicy:
        """The policy. It determines the layers of the head, so it cannot be changed."""
        return self._freeze

    def compile(
        self,
        optimizer: Any = "adam",
        loss: Any = "categorical_crossentropy",
        **arguments: Any,
    ) -> None:
        """Set the optimizer, loss and metrics. This is optional: ``fit`` needs no ``compile``.

        In ``fit``, the policy still decides which layers train, and its learning rates become
        multiples of the learning rate of the optimizer. Custom steps, such as ``train_on_batch``,
        train the layers that are set to trainable; by default, these are the layers of the last
        phase of the policy.

        Args:
            optimizer: Adam, AdamW or SGD. Other optimizers work if the policy has one learning rate
                for all stages.
            loss: Any Keras loss; cross-entropy by default. Labels become class indices for a sparse
                loss and one-hot vectors for any other.
            **arguments: Further arguments of ``keras.Model.compile``.
        """
        super().compile(optimizer=optimizer, loss=loss, **arguments)
        self._compiled_by = "user"
        self._user_arguments = {"loss": loss, **arguments}

    def fit(
        self,
        x: Any = None,
        y: Any = None,
        *,
        validation_data: Any = None,
        epochs: int | None = None,
        batch_size: int | None = None,
        verbose: int | Literal["auto"] = "auto",
        callbacks: Any = None,
        class_weight: ClassWeight = None,
        sample_weight: Any = None,
        seed: int | None = None,
        time_limit: float | None = None,
        on_bad_photo: OnBadPhoto = "raise",
        resume: str | PathLike[str] | None = None,
        cache: str | PathLike[str] | None = None,
        **unknown: Any,
    ) -> keras.callbacks.History:
        """Train according to the policy: print the plan, run it, and verify it afterwards.

        ``fit`` first solves the head. Gradient epochs follow if the policy has any. The results of
        the solved head are in ``history.head`` and are passed to callbacks that have a method
        ``on_head_solved(logs)``. If there are no gradient epochs, they are the only epoch of the
        history.

        At the end, the classifier has the weights of the best epoch on the validation data, or the
        solved head if its accuracy is higher. Without validation data, the last epoch is kept. An
        epoch with a non-finite loss or non-finite weights ends the training and is not kept.

        A second ``fit`` continues from the weights of the first, as in Keras. It solves a new head
        and keeps it if it is not worse on the validation data. To start anew, create a classifier.

        Args:
            x: A ``LeafDataset``, a batched ``tf.data.Dataset`` of ``(images, labels)``, or images
                of shape ``(n, height, width, 3)``, RGB in [0, 255].
            y: Labels if ``x`` is an array: class indices ``(n,)`` or class distributions
                ``(n, n_classes)``.
            validation_data: The same kinds of data; arrays as a tuple ``(x, y)``. It selects the L2
                strength of the head and the best epoch.
            epochs: Gradient epochs after the solved head. Default: the number of the policy. With a
                frozen base there are none, unless you called ``compile``, because the solved head
                is the optimum.
            batch_size: Number of photos per batch. Default: 32.
            verbose: 0 for no output, 1 for progress bars, 2 for one line per epoch.
            callbacks: Keras callbacks. They receive this classifier and see all phases as one
                training. Callbacks that change the learning rate require ``compile``.
            class_weight: A dictionary from class index to weight, a weight for each class in order,
                or ``"balanced"`` for weights inversely proportional to the class frequencies.
            sample_weight: Weights of the images if ``x`` is an array, shape ``(n,)``.
            seed: Seed for shuffling and augmentation. Default: drawn from Python's ``random``,
                which ``keras.utils.set_random_seed`` seeds.
            time_limit: Maximum number of seconds. ``fit`` takes as many steps as there is time for,
                or keeps the solved head. Without time for all photos, it uses a part of them, or
                smaller ones if you chose no ``image_size``. A resumed fit starts the limit again.
            on_bad_photo: ``"raise"`` raises one error that lists all unreadable photos, before the
                first epoch. ``"skip"`` leaves them out, prints a list, and stores it in
                ``skipped_photos``.
            resume: A folder for the state of this ``fit``, which is saved after each epoch. After
                an interruption, the same call continues and ends with the same weights. The state
                of callbacks is not restored.
            cache: Folder of the feature store. Default: ``TRANSFERLEAF_CACHE``, or the user's cache
                folder.
            **unknown: Other arguments of ``keras.Model.fit`` raise an error with the alternative.

        Returns:
            The history of all epochs. ``transferleaf.plot_history`` plots it.

        Raises:
            ConfigError: An argument or the data is invalid.
            UnknownOptionError: There is no such argument.
            ClassMismatchError: The data has other classes than the classifier.
            BadPhotosError, LostClassesError: Photos cannot be read. Nothing was trained.
            PhotoError: A photo of a stream cannot be read, or a photo was damaged or removed during
                training. The best weights so far are restored.
            PlanMismatchError, FrozenWeightsMovedError: The training did not follow the plan.
            NotFiniteError: The backbone returns non-finite features. Nothing was trained.
            DivergedError: The loss or the weights are non-finite from the first epoch on.
            ResumeError, ResumeMismatchError: The folder to resume from cannot be used.
            ResumeWriteError: The state cannot be written. The earlier state is kept.
            ForkedProcessError: A network ran before this process was forked.
        """
        limit = checked_time_limit(time_limit)
        refuse_options(unknown)
        compiler = self._compiler()

        level = 1 if verbose == "auto" else verbose
        restore_size(self)

        def opened() -> tuple[Feed, Feed | None, FrozenPrefix]:
            options: Any = {"form": self._feed_format(compiler), "batch_size": batch_size}
            feed = open_feed(x, y, what="x", sample_weight=sample_weight, **options)
            validation = open_validation(validation_data, **options)
            return feed, validation, prefix_of(self, feed, validation, cache=cache, verbose=level)

        feed, validation, prefix = opened()
        unit_range = validation is not None and validation.unit_range
        warn_of_unit_range(x=feed.unit_range, validation_data=unit_range)
        warn_of_empty_classes(feed, self.classes)
        within: dict[str, Any] = {"limit": limit, "resume": resume}
        if fit_size(self, feed, validation, prefix=prefix, **within):
            feed, validation, prefix = opened()
        if self.freeze.undecided:
            self.advice, self._freeze = decide(
                self, feed, validation, on_bad_photo=on_bad_photo, prefix=prefix, **within
            )
            compiler = self._compiler()  # depends on the policy
        plan = self.freeze.plan(
            self.backbone.describe(),
            classes=len(self.classes),
            epochs=epochs,
            steps_per_epoch=feed.steps,
            optimizer="user" if isinstance(compiler, UserCompiler) else "policy",
        )
        history, self.records = Fit(
            classifier=self,
            backbone=self.backbone,
            classes=self.classes,
            freeze=self.freeze,
            plan=plan,
            compiler=compiler,
            train=feed,
            validation=validation,
            prefix=prefix,
            options=FitOptions(
                epochs=epochs,
                callbacks=callbacks,
                class_weight=class_weight,
                augment=None if self.augment == Augmentation() else self.augment,
                seed=None if seed is None else whole_number("seed", seed, minimum=0),
                verbose=level,
                resume=resume,
                on_bad_photo=on_bad_photo,
                limit=limit,
            ),
        ).run()
        return history

    def __call__(self, *tensors: Any, **options: Any) -> Any:
        """Return class probabilities, as ``keras.Model`` does; values are not checked.

        Raises:
            ForkedProcessError: A network ran before this process was forked.
        """
        if not any(isinstance(tensor, keras.KerasTensor) for tensor in tensors):
            about_to_work()
        return super().__call__(*tensors, **options)

    def train_on_batch(self, *arguments: Any, **options: Any) -> Any:
        """Run one step, as ``keras.Model.train_on_batch`` does. This resets the calibration."""
        about_to_work()
        self.calibration = self.class_means = None
        return super().train_on_batch(*arguments, **options)

    def test_on_batch(self, *arguments: Any, **options: Any) -> Any:
        """Measure loss and metrics of one batch, as ``keras.Model.test_on_batch`` does."""
        about_to_work()
        return super().test_on_batch(*arguments, **options)

    def predict_on_batch(self, *arguments: Any, **options: Any) -> Any:
        """Return the class probabilities of one batch, as ``keras.Model.predict_on_batch`` does."""
        about_to_work()
        return super().predict_on_batch(*arguments, **options)

    # These functions take a classifier first, so they are methods.
    evaluate = evaluate_data
    predict = predict_data
    predict_photos = predict_photo_files
    report = report_on
    explain = explain_photo
    adapt = adapt_to
    calibrate = calibrate_on
    export = export_classifier
    save_own_variables = save_class_means
    load_own_variables = load_class_means
    get_config = config_of
    compile_from_config = compile_as_saved

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Self:
        """Create a classifier with random weights from the result of ``get_config``."""
        classifier = cls(**arguments_of(config))
        restore(classifier, config)
        classifier.calibration = calibration_in(config)
        classifier.adaptation = adaptation_in(config)
        if config.get("advice"):  # missing in files of the first version
            classifier.advice = Advice.from_dict(config["advice"])
        return classifier

    def _compiler(self) -> PhaseCompiler:
        if self._compiled_by != "user":
            return PolicyCompiler(policy=self.freeze)
        return UserCompiler.of(self._user_arguments, self.optimizer)

    def _feed_format(self, compiler: PhaseCompiler) -> FeedFormat:
        about_to_work()
        return FeedFormat(classes=self.classes, image_size=self.image_size, labels=compiler.labels)
