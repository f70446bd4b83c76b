"""Example reports, one for each kind of page."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from transferleaf.freezing import FreezePlan, Method, Phase, StagePlan
from transferleaf.reports.coverage import CoveragePoint, coverage_curve
from transferleaf.reports.facts import (
    DataFacts,
    ModelFacts,
    PhaseProof,
    TrainingFacts,
    UnreadablePhoto,
)
from transferleaf.reports.metrics import Interval
from transferleaf.reports.per_class import ClassReport, class_reports
from transferleaf.reports.reliability import reliability_curve
from transferleaf.reports.report import Report
from transferleaf.reports.set_report import Mistake, SetReport, UnknownClass

HOSTILE = ("<script>alert(1)</script>___rust", "\"&'</style>___healthy", "<img src=x onerror=b()>")

_CROPS = {
    "Apple": ["Apple_scab", "Black_rot", "Cedar_apple_rust", "healthy"],
    "Cherry_(including_sour)": ["Powdery_mildew", "healthy"],
    "Corn_(maize)": ["Cercospora_leaf_spot Gray_leaf_spot", "Common_rust_", "Northern_Leaf_Blight"],
    "Grape": ["Black_rot", "Esca_(Black_Measles)", "Leaf_blight_(Isariopsis_Leaf_Spot)", "healthy"],
    "Orange": ["Haunglongbing_(Citrus_greening)"],
    "Peach": ["Bacterial_spot", "healthy"],
    "Pepper,_bell": ["Bacterial_spot", "healthy"],
    "Potato": ["Early_blight", "Late_blight", "healthy"],
    "Raspberry": ["healthy"],
    "Soybean": ["healthy", "Rust"],
    "Squash": ["Powdery_mildew", "healthy"],
    "Strawberry": ["Leaf_scorch", "healthy"],
    "Tomato": [
        "Bacterial_spot",
        "Early_blight",
        "Late_blight",
        "Leaf_Mold",
        "Septoria_leaf_spot",
        "Spider_mites Two-spotted_spider_mite",
        "Target_Spot",
        "Tomato_Yellow_Leaf_Curl_Virus",
        "Tomato_mosaic_virus",
        "healthy",
    ],
}
VILLAGE = tuple(f"{crop}___{disease}" for crop, diseases in _CROPS.items() for disease in diseases)
TWO = ("Tomato___Late_blight", "Tomato___healthy")


_FROZEN = {"quadrant": "IV", "augmented": False, "accuracy": 0.9, "low": 0.88, "high": 0.92}
_LATE = {"quadrant": "I", "augmented": True, "accuracy": 0.93, "low": 0.9, "high": 0.95}
FOUND = "Answers with a probability of at least 0.800 are sure."
WANTING = "All answers are uncalibrated. About 770 photos would be enough."


def uncalibrated() -> Report:
    """Too few photos for a threshold."""
    return Report(
        title="Late blight of tomato",
        created="2026-03-01T09:30:00+01:00",
        classes=TWO,
        sets=(a_set("test", TWO, [[46, 4], [2, 48]], pictures=3),),
        model=_model(calibration={"threshold": None, "photos_needed": 770}, outcome=WANTING),
    )


def two_classes() -> Report:
    """The smallest report: only the results of one set."""
    return two_classes_with(a_set("test", TWO, [[46, 4], [2, 48]]))


def two_classes_with(shown: SetReport) -> Report:
    """The same with other results."""
    return Report(
        title="Late blight of tomato",
        created="2026-03-01T09:30:00+01:00",
        classes=TWO,
        sets=(shown,),
        model=_model(),
    )


def village() -> Report:
    """The largest report: 38 classes, two sets, training, advice, audit, photos of mistakes."""
    lab, field = _drawn_confusion(0.93, seed=1), _drawn_confusion(0.55, seed=2)
    field[4] = 0  # a class without photos
    return Report(
        title="38 leaf classes, from the laboratory to the field",
        created="2026-03-01T09:30:00+01:00",
        classes=VILLAGE,
        sets=(
            a_set("lab", VILLAGE, lab, leaves=611, temperature=1.4, pictures=16),
            a_set("field", VILLAGE, field, temperature=1.4, pictures=8, shared=3, odd=True),
        ),
        model=_model(
            calibration={"temperature": 1.4, "threshold": 0.8, "precision": 0.95}, outcome=FOUND
        ),
        training=_training(),
        advice={
            "quadrant": "III",
            "reasons": ["126 photos per class are few.", "Leaves are no ImageNet class."],
            "expected": [_FROZEN, _LATE],
            "recommended": _LATE,
        },
        advice_figure='<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 3"><rect width="2"'
        ' height="1.5" fill="#9c9"/></svg>',
        audit=_AUDIT,
        versions={"transferleaf": "0.1.0", "keras": "3.15.0", "python": "3.11.2"},
        command="transferleaf evaluate run/model.keras lab field --label-map names.csv",
    )


def all_right() -> Report:
    """A report without mistakes."""
    return Report(
        title="Rust of mint",
        created="2026-03-01T09:30:00+01:00",
        classes=TWO,
        sets=(a_set("test", TWO, [[20, 0], [0, 20]], leaves=1),),
        model=_model(),
    )


def hostile() -> Report:
    """Names that contain HTML, in all places."""
    counts = [[5, 2, 0], [1, 6, 0], [0, 0, 4]]
    shown = a_set(HOSTILE[0], HOSTILE, counts, leaves=9, pictures=2, odd=True, origin=HOSTILE[2])
    return Report(
        title=HOSTILE[2],
        created="2026-03-01T09:30:00+01:00",
        classes=HOSTILE,
        sets=(shown,),
        model=_model(),
        command="transferleaf evaluate '</code><script>'",
        advice={"quadrant": HOSTILE[0], "reasons": [HOSTILE[1]]},
        advice_figure="<svg><script>alert(1)</script></svg>",
        audit={**_AUDIT, "origin": HOSTILE[0], "passed": [HOSTILE[2]], "not_run": {"<b>": "<i>"}},
    )


def a_set(
    name: str,
    classes: tuple[str, ...],
    counts: object,
    *,
    leaves: int | None = None,
    temperature: float = 1.0,
    pictures: int = 0,
    shared: int | None = None,
    odd: bool = False,
    origin: str = "photos/test",
) -> SetReport:
    """Return results that agree with a confusion matrix."""
    confusion = np.asarray(counts)
    photos = int(confusion.sum())
    accuracy = float(np.trace(confusion) / photos)
    share = Interval(accuracy, max(0.0, accuracy - 0.03), min(1.0, accuracy + 0.025))
    wrong = int(photos - np.trace(confusion))
    confidence, right = _answers(confusion)
    rows = np.column_stack([confidence, 1 - confidence])
    before, after = (reliability_curve(_sharper(rows, by), 1 - right) for by in (temperature, 1.0))
    return SetReport(
        name=name,
        origin=origin,
        fingerprint="3f" * 32,
        photos=photos,
        leaves=leaves,
        shared_leaf_photos=shared,
        unreadable=(UnreadablePhoto(name="a<b>/1.jpg", reason="is no image"),) if odd else (),
        unknown=(UnknownClass(name="Mint___rust", photos=12, mean_confidence=0.6, answered=4),)
        if odd
        else (),
        accuracy=share,
        macro_f1=share,
        top_k=min(5, len(classes)),
        top_k_accuracy=Interval(0.99, 0.98, 1.0),
        per_class=_class_by_class(confusion, classes),
        confusion=tuple(tuple(int(count) for count in row) for row in confusion),
        crop_accuracy=Interval(0.97, 0.95, 0.99) if len(classes) > 2 else None,
        healthy_accuracy=share,
        temperature=temperature,
        before=before,
        after=after,
        coverage=coverage_curve(confidence, right),
        at_threshold=CoveragePoint(threshold=0.8, coverage=0.84, accuracy=0.97)
        if temperature != 1
        else None,
        mistakes=tuple(_mistake(n, classes) for n in range(min(pictures, wrong))),
        mistakes_total=wrong,
    )


def _class_by_class(confusion: np.ndarray, classes: tuple[str, ...]) -> tuple[ClassReport, ...]:
    truth, predicted = np.indices(confusion.shape).reshape(2, -1).repeat(confusion.ravel(), axis=1)
    return class_reports(truth, predicted, classes, resamples=200)


def picture(number: int, *, size: int = 160) -> bytes:
    """Return a JPEG of noise in a given colour: the worst case for its size."""
    rng = np.random.default_rng(number)
    pixels = rng.integers(0, 90, (size, size, 3)) + rng.integers(0, 160, 3)
    file = io.BytesIO()
    Image.fromarray(pixels.astype(np.uint8)).save(file, "jpeg", quality=85)
    return file.getvalue()


def _drawn_confusion(accuracy: float, *, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    size = len(VILLAGE)
    near = np.exp(-0.5 * np.abs(np.subtract.outer(range(size), range(size))))
    np.fill_diagonal(near, 0)
    chances = (1 - accuracy) * near / near.sum(1, keepdims=True) + accuracy * np.eye(size)
    return np.stack([rng.multinomial(rng.integers(20, 60), row) for row in chances])


def _answers(confusion: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return confidences and whether each prediction is correct."""
    photos, hits = int(confusion.sum()), int(np.trace(confusion))
    rng = np.random.default_rng(0)
    right = np.arange(photos) < hits
    sure = np.where(right, rng.beta(9, 1.2, photos), rng.beta(4, 3, photos))
    return 0.5 + sure / 2, right.astype(int)


def _sharper(rows: np.ndarray, by: float) -> np.ndarray:
    powers = rows**by
    return powers / powers.sum(axis=1, keepdims=True)


def _mistake(number: int, classes: tuple[str, ...]) -> Mistake:
    return Mistake(
        photo=f"{classes[number % len(classes)]}/0f3c-{number:04} FREC_Scab.JPG",
        true=classes[number % len(classes)],
        predicted=classes[(number + 1) % len(classes)],
        probability=0.99 - number / 100,
        true_probability=0.004,
        thumbnail=None if number == 3 else picture(number),
        overlay=None if number in (2, 3) else picture(number + 100),
        attention_on_leaf=0.62 if number % 2 else None,
    )


def _model(
    calibration: dict[str, float] | None = None,
    outcome: str = "All answers are uncalibrated: the classifier has not been calibrated.",
) -> ModelFacts:
    return ModelFacts(
        backbone="efficientnet_lite0",
        image_size=224,
        parameters=3_420_000,
        policy="Quadrant III: few photos, little likeness. The head and the last stage train.",
        weights_license="Apache-2.0",
        weights_source="ImageNet weights of EfficientNet-Lite0",
        calibration=calibration,
        calibration_outcome=outcome,
    )


def _training() -> TrainingFacts:
    frozen = [
        StagePlan(name=name, parameters=40_000 * 2**n, batch_norm="frozen")
        for n, name in enumerate(["stem", "blocks1", "blocks2", "blocks3", "top"])
    ]
    last = StagePlan(
        name="top",
        parameters=640_000,
        trainable=("top_conv",),
        trainable_parameters=640_000,
        rate=0.5,
        batch_norm="frozen",
    )
    plan = FreezePlan(
        title="quadrant III",
        backbone="efficientnet_lite0",
        classes=len(VILLAGE),
        head_stages=("blocks2", "blocks3", "top"),
        head_parameters=49_000,
        phases=(
            Phase(name="head", method=Method.SOLVE, epochs=0, stages=tuple(frozen)),
            Phase(
                name="late stages",
                method=Method.GRADIENT,
                epochs=6,
                stages=(*frozen[:4], last),
                learning_rate=1e-3,
            ),
        ),
    )
    return TrainingFacts(
        plan=plan.to_dict(),
        plan_text=str(plan),
        proof=(
            PhaseProof(phase="head", seconds=41.2, frozen=311, checksum="af31" * 16),
            PhaseProof(phase="late stages", seconds=393, frozen=280, checksum="09bc" * 16),
        ),
        history={
            "loss": (0.41, 0.33, 0.27, 0.22, 0.2, 0.18, 0.17),
            "accuracy": (0.88, 0.9, 0.92, 0.94, 0.95, 0.955, 0.96),
            "val_loss": (0.5, 0.44, 0.4, 0.38, 0.37, 0.371, 0.369),
            "val_accuracy": (0.86, 0.88, 0.9, 0.905, 0.91, 0.912, 0.913),
        },
        skipped=(UnreadablePhoto(name="Apple/broken.jpg", reason="ends too early"),),
        data=DataFacts(
            origin="photos/train",
            fingerprint="a7" * 32,
            photos=4_800,
            leaves=2_300,
            class_counts=dict.fromkeys(VILLAGE, 126),
        ),
    )


_AUDIT = {
    "origin": "photos/train",
    "photos": 4_801,
    "findings": [
        {
            "severity": "error",
            "title": "12 photos are in train and in test",
            "advice": "Leave them out of train.",
            "sure": "certain: their contents are equal",
        },
        {
            "severity": "note",
            "title": "the background tells the class in 31% of the photos",
            "advice": "Test on photos taken elsewhere.",
            "sure": "measured, with a random forest on the border of each photo",
        },
    ],
    "passed": ["broken files", "near-duplicates"],
    "not_run": {"wrong labels": "they need the outputs of a network"},
}
