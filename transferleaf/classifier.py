"""TransferClassifier: a pretrained backbone, a head that sees its stages, and a policy to train."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike
from typing import Any, Literal

import keras
import numpy as np
from typing_extensions import Self

from transferleaf.advice.advice import Advice
from transferleaf.advice.advising import decide
from transferleaf.backbones.backbone import Backbone
from transferleaf.backbones.spec import BackboneSpec
from transferleaf.calibrating.answering import predict_photo_files
from transferleaf.calibrating.calibrating import calibrate_on
from transferleaf.calibrating.calibration import Calibration
from transferleaf.calibrating.class_means import ClassMeans
from transferleaf.calibrating.saving import calibration_in, load_class_means, save_class_means
from transferleaf.datasets.augmenting.augmentation import Augmentation
from transferleaf.datasets.leaf_dataset import LeafDataset
from transferleaf.errors import ConfigError
from transferleaf.explanations.explaining import explain_photo
from transferleaf.export.exporting import export_classifier
from transferleaf.features.finite import finite
from transferleaf.forks import about_to_work
from transferleaf.freezing import FreezePlan, FreezePolicy
from transferleaf.freezing.feature_groups import FeatureGroup, feature_groups
from transferleaf.head.layers import is_untrained, read_head, starting_dropout
from transferleaf.judging.report import report_on
from transferleaf.training.assembly import assemble, resolve_backbone
from transferleaf.training.checks import (
    check_backend,
    check_classes,
    checked_policy,
    refuse_options,
    warn_if_untrained,
)
from transferleaf.training.feeding.asked_images import asked_images
from transferleaf.training.feeding.bad_photos import OnBadPhoto, SkippedPhoto
from transferleaf.training.feeding.class_weight import ClassWeight
from transferleaf.training.feeding.empty_classes import warn_of_empty_classes
from transferleaf.training.feeding.feeds import FeedFormat, open_feed, open_validation
from transferleaf.training.feeding.pixel_values import warn_of_unit_range
from transferleaf.training.fitting import Fit, FitOptions
from transferleaf.training.phases.compiling import PhaseCompiler, PolicyCompiler, UserCompiler
from transferleaf.training.phases.trainability import freeze_as_planned
from transferleaf.training.predicting import (
    all_bad_photos,
    evaluate_files,
    predict_files,
    worth_an_engine,
)
from transferleaf.training.run import PhaseRecord
from transferleaf.training.saved_config import arguments_of, config_of, skipped_of
from transferleaf.whole_numbers import whole_number


@keras.saving.register_keras_serializable("transferleaf")
class TransferClassifier(keras.Model):
    """A leaf classifier on a pretrained backbone, trained as a freezing policy says.

    It is a ``keras.Model`` from raw photos to class probabilities: resizing and the backbone's
    pixel convention are part of the graph, so ``predict``, the call and the saved file agree.

    Args:
        classes: Class names, such as ``"Tomato___Late_blight"``, in the order of the outputs; at
            least two, all different.
        backbone: Name of a registered backbone; a ``BackboneSpec``; or a functional
            ``keras.Model`` that takes RGB in [0, 255], shape ``(batch, size, size, 3)``, and ends
            in a feature map. Its layers are shared, not copied, and
            frozen as the policy says.
        freeze: What to train and how gently: a policy, or its name. ``"I"`` to ``"IV"`` are the
            policies of the quadrants, ``"head"`` trains the head alone, and ``"auto"`` decides
            from evidence at the first ``fit``. ``"IV"`` where ``None``.
        weights: ``"imagenet"``; the path of a weights file; or ``None`` for random values. A
            ``keras.Model`` keeps the weights it has unless a file is named.
        stages: For a ``keras.Model``: names of the layers that end its stages, in order; the whole
            network is one stage where ``None``.
        image_size: Height and width that photos are resized to, in pixels; the backbone's default
            where ``None``.
        dropout: Share of head features dropped in gradient training, in [0, 1); the policy's
            where ``None``.
        augment: How training photos are varied; not at all where ``None``.
        name: Name of the model.

    Attributes:
        classes: The class names, as given.
        freeze: The policy.
        advice: What decided it, where that was left to ``fit``.
        backbone: The backbone with its stages.
        image_size: Height and width of what the backbone sees, in pixels.
        augment: The augmentation, as given.
        plan: The plan of the last ``fit``; ``None`` before.
        records: What became of each phase of the last ``fit``: seconds, and the proof.
        calibration: What ``calibrate`` found since the last training; saved along.
        class_means: How known leaves look to the network, which ``calibrate`` found; saved along.
        refitted: Whether ``fit`` was called on a classifier whose stages may have trained before.
        skipped_photos: What the last ``fit`` left out as it could not be read; saved along.
        photos_of_fit: About how many photos the last ``fit`` read, in whole batches; saved along.

    Raises:
        ConfigError: An option has a value that cannot work.
        UnknownBackboneError: No backbone has this name.
        PretrainedWeightsError: The pretrained weights cannot be had; random ones are never taken
            in their place.

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
        if not isinstance(backbone, Backbone):  # one from a file comes as it was saved
            freeze_as_planned(built, policy)
        rate = starting_dropout(policy) if dropout is None else dropout
        if not 0 <= rate < 1:
            raise ConfigError("dropout", dropout, "lie in [0, 1)")
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
        self.refitted = False
        self._compiled_by: Literal["policy", "user"] = "policy"
        self._user_arguments: dict[str, Any] = {}
        self._saved_compiling: dict[str, Any] | None = None

    def __new__(cls, *tensors: Any, **options: Any) -> Any:
        """Make a classifier; or, of two tensors, the plain network that ``clone_model`` asks for.

        Up to Keras 3.12 it takes this constructor for a functional model's; later it makes one.
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
        """The policy; it shaped the head, so another policy needs another classifier."""
        return self._freeze

    def compile(self, optimizer: Any = "adam", loss: Any = None, **arguments: Any) -> None:
        """Choose optimizer, loss and metrics yourself; ``fit`` needs no such call.

        In ``fit`` the policy still decides what trains, and its rates of stages become multiples
        of the optimizer's learning rate. Steps of your own, such as ``train_on_batch``, train what
        the layers' ``trainable`` says: what the policy trains at last, unless you set it.

        Args:
            optimizer: An Adam, AdamW or SGD; any other where the policy gives all stages one rate.
            loss: Any Keras loss. A sparse one gets class numbers, any other class shares, whatever
                form the labels have.
            **arguments: What ``keras.Model.compile`` takes besides.
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
        on_bad_photo: OnBadPhoto = "raise",
        resume: str | PathLike[str] | None = None,
        cache: str | PathLike[str] | None = None,
        **unknown: Any,
    ) -> keras.callbacks.History:
        """Train as the policy says: print the plan, run it, prove that it was kept.

        The head is solved first; gradient epochs follow where the policy asks for them, and are
        counted as Keras counts. The results of the solved head are in ``history.head``, and go to
        callbacks that have a method ``on_head_solved(logs)``; where no epoch follows, they are the
        one epoch of the history. Afterwards the classifier holds the weights of the epoch that was
        best on the validation data. The solved head gives way only to an epoch that is better by
        more than chance: on the same photos, ``gained - lost > sqrt(gained + lost)`` (McNemar,
        1947; one standard error, as in Breiman et al., 1984). Without validation data the last
        epoch counts. An epoch whose loss or weights are no numbers ends training and never counts.

        A second ``fit`` goes on from the weights of the first, as in Keras, and says so. The head
        is solved anew on them, and kept where it is no worse on the validation data. For a fresh
        start make a new classifier.

        Args:
            x: A ``LeafDataset``; a batched ``tf.data.Dataset`` of ``(images, labels)``; or images,
                shape ``(n, height, width, 3)``, RGB in [0, 255].
            y: Labels of the images where ``x`` is an array: class numbers ``(n,)`` or class
                shares ``(n, n_classes)``.
            validation_data: The same kinds, arrays as a tuple ``(x, y)``. It chooses the strength
                of the head's L2 penalty and the best epoch.
            epochs: Gradient epochs after the solved head; the policy's where ``None``. A frozen
                base has none, unless you chose the optimizer: its solved head is the optimum.
            batch_size: Photos a batch; 32 where ``None``.
            verbose: 0 for silence, 1 for progress bars, 2 for a line an epoch.
            callbacks: Keras callbacks; they see this classifier, and one training over all phases.
                Those that set the learning rate need a ``compile`` of your own.
            class_weight: Class number to weight; a weight for each class, in order; or
                ``"balanced"``: inversely to photo counts.
            sample_weight: How much each image of an array counts, shape ``(n,)``.
            seed: Seeds shuffling and augmentation; drawn from Python's ``random`` where ``None``,
                which ``keras.utils.set_random_seed`` seeds.
            on_bad_photo: What becomes of photo files that cannot be read, which is known before
                the first epoch: ``"raise"`` names them together; ``"skip"`` leaves them out,
                prints their list and keeps it in ``skipped_photos``.
            resume: A folder of its own for this fit. Its state is left there after each epoch; the
                same call goes on from it after an interrupt of any kind, and ends with the same
                weights as if there had been none. Callbacks begin anew, without their own state.
            cache: Folder of the store that keeps outputs of frozen stages; the user's cache folder
                where ``None``, which ``TRANSFERLEAF_CACHE`` names otherwise.
            **unknown: Other arguments of ``keras.Model.fit`` are refused, with what to do instead.

        Returns:
            The history of all epochs; ``transferleaf.plot_history`` draws it.

        Raises:
            ConfigError: An option or the data is of a kind that cannot work.
            UnknownOptionError: There is no such argument.
            ClassMismatchError: The data's classes differ from the classifier's.
            BadPhotosError, LostClassesError: Photos cannot be read; nothing was trained.
            PhotoError: A photo of a stream cannot be read, or one that could be before is broken
                or gone; the best weights so far are in place.
            PlanMismatchError, FrozenWeightsMovedError: The plan was not kept.
            NotFiniteError: The backbone gives values that are no numbers; nothing was trained.
            DivergedError: So does training, from its first epoch on.
            ResumeError, ResumeMismatchError: The folder to resume from is of no use.
            ResumeWriteError: The disk is full, say; what was kept before is still there.
            ForkedProcessError: A network ran before this process was forked.
        """
        refuse_options(unknown)
        compiler = self._compiler()
        form = self._feed_format(compiler)
        feed = open_feed(
            x, y, what="x", form=form, sample_weight=sample_weight, batch_size=batch_size
        )
        validation = open_validation(validation_data, form=form, batch_size=batch_size)
        judges = validation is not None and validation.unit_range
        warn_of_unit_range(x=feed.unit_range, validation_data=judges)
        warn_of_empty_classes(feed, self.classes)
        level = 1 if verbose == "auto" else verbose
        if self.freeze.undecided:
            self.advice, self._freeze = decide(
                self, feed, validation, on_bad_photo=on_bad_photo, cache=cache, verbose=level
            )
            compiler = self._compiler()  # it follows the policy
        self.plan = self.freeze.plan(
            self.backbone.describe(),
            classes=len(self.classes),
            epochs=epochs,
            optimizer="user" if isinstance(compiler, UserCompiler) else "policy",
        )
        self.records = ()
        self.photos_of_fit = sum(each.about_photos() for each in (feed, validation) if each)
        self.calibration = self.class_means = None
        self.refitted = self.freeze.trainable_stages != 0 and not is_untrained(read_head(self))
        history, self.records = Fit(
            classifier=self,
            backbone=self.backbone,
            classes=self.classes,
            freeze=self.freeze,
            plan=self.plan,
            compiler=compiler,
            train=feed,
            validation=validation,
            options=FitOptions(
                epochs=epochs,
                callbacks=callbacks,
                class_weight=class_weight,
                augment=None if self.augment == Augmentation() else self.augment,
                seed=None if seed is None else whole_number("seed", seed, minimum=0),
                verbose=level,
                resume=resume,
                cache=cache,
                on_bad_photo=on_bad_photo,
            ),
            note_skipped=self._note_skipped,
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
        """Take one step, as ``keras.Model.train_on_batch`` does; ``calibrate`` anew afterwards."""
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

    def evaluate(
        self, x: Any = None, y: Any = None, *, batch_size: int | None = None, **options: Any
    ) -> Any:
        """Measure loss and metrics.

        Args:
            x: The kinds of data that ``fit`` takes.
            y: Labels of the images where ``x`` is an array.
            batch_size: Photos a batch; 32 where ``None``.
            **options: What ``keras.Model.evaluate`` takes besides, such as ``return_dict=True``.
                Without others, a large ``LeafDataset`` runs on a compiled engine.

        Raises:
            BadPhotosError: Photos of a ``LeafDataset`` cannot be read.
        """
        compiler = self._compiler()
        if not self.compiled:
            compiler.finish(self)
        weight = options.pop("sample_weight", None)
        form = self._feed_format(compiler)
        feed = open_feed(x, y, what="x", form=form, sample_weight=weight, batch_size=batch_size)
        warn_of_unit_range(x=feed.unit_range)
        warn_if_untrained(self)
        if isinstance(x, LeafDataset) and feed.known and worth_an_engine(len(x), options):
            results = evaluate_files(
                self,
                self.backbone,
                feed.known,
                x.paths,
                groups=self._groups,
                labels=compiler.labels,
                verbose=options.get("verbose"),
            )
            as_dict = options.get("return_dict", False)
            return results if as_dict else self._flatten_metrics_in_order(results)
        with all_bad_photos(x):
            return super().evaluate(feed.open(None), **options)

    def predict(
        self, x: Any, batch_size: int | None = None, **options: Any
    ) -> np.ndarray[Any, Any]:
        """Return class probabilities, shape ``(n, n_classes)``, each row summing to 1.

        Args:
            x: A ``LeafDataset``; images, as an array, a tensor or a list, shape
                ``(n, height, width, 3)``, RGB in [0, 255]; or batches of these: a
                ``tf.data.Dataset``, a ``keras.utils.PyDataset`` or an iterator.
            batch_size: Photos a batch; 32 where ``None``. Batches have a size of their own.
            **options: What ``keras.Model.predict`` takes besides. Without any but ``verbose``, a
                large ``LeafDataset`` runs on a compiled engine.

        Raises:
            ConfigError: ``x`` is something else, or holds what cannot be pixels in [0, 255].
            NotFiniteError: The network answers something that is no number.
            BadPhotosError: Photos of a ``LeafDataset`` cannot be read, for which an array has no
                place; ``predict_photos`` answers the others.
        """
        warn_if_untrained(self)
        if isinstance(x, LeafDataset) and worth_an_engine(len(x), options):
            return predict_files(
                self,
                self.backbone,
                x.paths,
                groups=self._groups,
                verbose=options.get("verbose"),
            )
        with all_bad_photos(x):
            images = asked_images(x, image_size=self.image_size, batch_size=batch_size)
            size = batch_size if isinstance(images, np.ndarray) else None
            return finite(super().predict(images, batch_size=size, **options), "answers")

    # Functions of a classifier, and so methods.
    predict_photos = predict_photo_files
    report = report_on
    explain = explain_photo
    calibrate = calibrate_on
    export = export_classifier
    save_own_variables = save_class_means
    load_own_variables = load_class_means

    def get_config(self) -> dict[str, Any]:
        """Return what ``from_config`` needs: everything but the weights."""
        config = config_of(self)
        if self.compiled:  # not in the compile config, which a clone takes for arguments
            config["compiling"] = {"by": self._compiled_by, "begun": self.optimizer.built}
        return config

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Self:
        """Rebuild a classifier of random weights from ``get_config``'s answer."""
        classifier = cls(**arguments_of(config))
        classifier.skipped_photos = skipped_of(config)
        classifier.photos_of_fit = config.get("photos_of_fit", 0)
        classifier.calibration = calibration_in(config)
        # Files of the first versions do not say; where stages may have trained, take it for true.
        classifier.refitted = config.get("refitted", classifier.freeze.trainable_stages != 0)
        classifier._saved_compiling = config.get("compiling")
        if config.get("advice"):  # absent in files of the first version
            classifier.advice = Advice.from_dict(config["advice"])
        # Whether Keras scales the loss, and so what the optimizer holds, depends on it.
        classifier.dtype_policy = keras.dtype_policies.deserialize(config["dtype"])
        return classifier

    def compile_from_config(self, config: dict[str, Any]) -> None:
        """Compile as the saved classifier was; called by Keras when a file is loaded."""
        earlier = {name: config.pop(name) for name in ("by", "begun") if name in config}
        told = self._saved_compiling or earlier  # files of the first version have it here
        arguments = keras.saving.deserialize_keras_object(config)
        if told["by"] == "user":
            self.compile(**arguments)
        else:
            super().compile(**arguments)
        if told["begun"]:  # the file holds the optimizer's state, which needs its places
            self.optimizer.build(self.trainable_variables)

    @property
    def _groups(self) -> tuple[FeatureGroup, ...]:
        return feature_groups(self.freeze, self.backbone.describe())

    def _note_skipped(self, photos: tuple[SkippedPhoto, ...]) -> None:
        self.skipped_photos = photos

    def _compiler(self) -> PhaseCompiler:
        if self._compiled_by != "user":
            return PolicyCompiler(policy=self.freeze)
        return UserCompiler.of(self._user_arguments, self.optimizer)

    def _feed_format(self, compiler: PhaseCompiler) -> FeedFormat:
        about_to_work()
        return FeedFormat(classes=self.classes, image_size=self.image_size, labels=compiler.labels)
