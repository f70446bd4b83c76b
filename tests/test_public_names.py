"""The public names are fixed: a change needs a decision and an entry in the changelog.

Each list contains what users can rely on; see ``docs/reference/stability.md``. Arguments without
``=`` are required.
"""

from __future__ import annotations

import importlib
import inspect
from pathlib import Path

import pytest

import transferleaf as tl

DOOR = """
    Advice Audit Augmentation BackboneSpec BatchNormStatistics Calibration DataSize Explanation
    ExportCheck FieldScenes FreezePlan FreezePolicy FreezeProof HeadStart LeafDataset LeafPrediction
    PhaseRecord PixelConvention Quadrant Report Similarity SkippedPhoto Split Stage
    TransferClassifier advise audit feature_evidence get_backbone list_backbones load_classifier
    open_leaves plot_history register_backbone __version__
"""

MODULES = {
    "advice": """
        Advice AugmentationEvidence Cost CurvePoint Evidence Expectation MatrixPosition Probe
        SimilarityEvidence SizeEvidence
    """,
    "backbones": """
        Backbone BackboneRegistry BackboneSpec PixelConvention PixelNormalization Stage
        build_backbone get_backbone list_backbones register_backbone
    """,
    "calibrating": """
        Calibration ClassMeans
    """,
    "datasets": """
        Audit Augmentation Finding LabelMatch LeafDataset LeafLabel Split audit check_photos
        class_weights draw_leaves join match_classes open_leaves open_tfds parse_label
        read_photo relabel
    """,
    "datasets.layouts": """
        LAYOUTS ClassFolders FoundPhotos HuggingFaceMetadata Layout Manifest NestedFolders
        NewPlantDiseases Recognition SplitFolders Table TfdsFolder
    """,
    "explanations": """
        Explanation find_leaf
    """,
    "export": """
        ExportCheck ExportMetadata ExportedClassifier export_classifier open_exported
    """,
    "freezing": """
        QUADRANT_POLICIES BackboneLayers BatchNormStatistics FreezePlan FreezePolicy HeadStart
        LayerInfo Method Phase StagePlan
    """,
    "reports": """
        BackgroundSwap ClassReport CoveragePoint DataFacts Interval Mistake ModelFacts PhaseProof
        ReliabilityBin ReliabilityCurve Report SetReport TrainingFacts UnknownClass
        UnreadablePhoto plot_history
    """,
    "scaling": """
        BulkPredictions PhotoLocation StoreFill Workers fill_store find_photos photo_facts
        predict_photos_to read_predictions
    """,
    "testing": """
        BACKBONE_CHECKS LAYOUT_CHECKS BackboneSubject LayoutSubject check_backbone check_layout
        run_backbone_check run_layout_check
    """,
}

ARGUMENTS = {
    "Advice": """
        evidence position quadrant expected recommended policy cost reasons weights= time_limit=
    """,
    "Audit": "origin fingerprint photos leaves class_counts part_counts findings passed= not_run",
    "Augmentation": """
        flip= rotation= zoom= brightness= contrast= saturation= hue= rand_augment= mix_up=
        cut_mix= scenes=
    """,
    "BackboneSpec": """
        name build stages feature_width pixels= image_size= min_image_size= image_size_step=
        license= source= pretrained= reference_pixels= published=
    """,
    "Calibration": """
        temperature precision threshold coverage accuracy farthest photos folds= photos_needed=
    """,
    "Explanation": """
        photo heatmap class_name probability rival method stage on_leaf stage_evidence bias
    """,
    "ExportCheck": """
        path format quantization size_bytes photo_size photos= max_difference= same_label=
        photos_per_second=
    """,
    "FieldScenes": """
        share= backgrounds= scale= light= shadow= blur= occlusion= neighbours=
    """,
    "FreezePlan": """
        title backbone classes head_stages head_parameters phases second_order_stages= head_region=
    """,
    "FreezePolicy": """
        trainable_stages head_stages= head_pooling= head_region= head_start= epochs= steps=
        learning_rate= head_rate= initial_image_scale= stage_decay= warmup_epochs= batch_norm=
        weight_decay= dropout= label_smoothing= patience= views= quadrant=
    """,
    "FreezeProof": "phase frozen checksum",
    "LeafDataset": "paths labels classes leaves origin names= parts= ignored=",
    "LeafPrediction": """
        path label crop disease healthy probability top crop_probability error= verdict=
    """,
    "PhaseRecord": "phase seconds proof speeds=",
    "PixelConvention": "mean= std= channels=",
    "Report": """
        title created classes sets model training= advice= advice_figure= audit= versions=
        command=
    """,
    "SkippedPhoto": "path reason used_for",
    "Split": "parts names fractions seed",
    "Stage": "name last_layer map_layer= token_layer=",
    "TransferClassifier": """
        classes backbone= freeze= weights= stages= image_size= dropout= augment= name=
    """,
    "advise": "data backbone= weights= image_size= time_limit= augmented= seed= cache= verbose=",
    "audit": "data evidence= progress= cache=",
    "feature_evidence": "data backbone= weights= image_size= folds= seed= cache= verbose=",
    "get_backbone": "name",
    "list_backbones": "pattern=",
    "load_classifier": "path",
    "open_leaves": "path layout= leaves=",
    "plot_history": "history",
    "register_backbone": "spec",
    "TransferClassifier.fit": """
        x= y= validation_data= epochs= batch_size= verbose= callbacks= class_weight=
        sample_weight= seed= time_limit= on_bad_photo= resume= cache= **unknown
    """,
    "TransferClassifier.evaluate": "x= y= batch_size= **options",
    "TransferClassifier.predict": "x batch_size= **options",
    "TransferClassifier.predict_photos": "paths top_k= batch_size=",
    "TransferClassifier.calibrate": """
        validation_data training_data= precision= batch_size= cache= verbose=
    """,
    "TransferClassifier.report": """
        test_data label_map= training_data= advice= audit= title= command= swap_backgrounds=
        batch_size= verbose=
    """,
    "TransferClassifier.explain": "photo class_name= method= stage=",
    "TransferClassifier.export": """
        filepath format= quantize= photos= photo_size= verify= overwrite=
    """,
    "TransferClassifier.compile": "optimizer= loss= **arguments",
    "LeafDataset.split": "*fractions seed=",
    "LeafDataset.k_fold": "folds= seed=",
    "LeafDataset.subset": "indices",
    "LeafDataset.save": "path",
    "LeafDataset.show": "photos= columns= seed=",
    "LeafDataset.to_tf_dataset": "image_size batch_size= shuffle_seed= labels=",
}


def test_the_package_has_these_names():
    assert sorted(tl.__all__) == sorted(DOOR.split())


@pytest.mark.parametrize("module", MODULES)
def test_a_module_has_these_names(module):
    assert sorted(_module(module).__all__) == sorted(MODULES[module].split())


@pytest.mark.parametrize("module", MODULES)
def test_each_of_them_exists(module):
    assert [name for name in _module(module).__all__ if not hasattr(_module(module), name)] == []


@pytest.mark.parametrize("name", ARGUMENTS)
def test_a_call_takes_these_arguments(name):
    assert _arguments(name) == ARGUMENTS[name].split()


def test_the_arguments_of_every_public_class_and_function_are_fixed():
    callables = {
        name
        for name in tl.__all__
        if callable(getattr(tl, name)) and not hasattr(getattr(tl, name), "__members__")
    }

    assert callables == {name for name in ARGUMENTS if "." not in name}


@pytest.mark.parametrize("module", ["", *(f".{name}" for name in MODULES)])
def test_every_class_and_function_says_what_it_is(module):
    public = importlib.import_module(f"transferleaf{module}")
    named = {name: getattr(public, name) for name in public.__all__}

    silent = [
        name for name, value in named.items() if callable(value) and not inspect.getdoc(value)
    ]

    assert silent == []


def test_every_name_is_in_the_reference():
    pages = Path(__file__).parents[1] / "docs" / "reference"
    text = "\n".join(page.read_text(encoding="utf-8") for page in pages.glob("*.md"))
    names = {name for names in (DOOR, *MODULES.values()) for name in names.split()}

    missing = {name for name in names if f".{name}\n" not in text} - {"__version__", "LAYOUTS"}

    assert missing == set()


def _module(name):
    return importlib.import_module(f"transferleaf.{name}")


def _arguments(name):
    value = tl
    for part in name.split("."):
        value = getattr(value, part)
    marks = {inspect.Parameter.VAR_POSITIONAL: "*", inspect.Parameter.VAR_KEYWORD: "**"}
    return [
        f"{marks[argument.kind]}{argument.name}"
        if argument.kind in marks
        else f"{argument.name}{'' if argument.default is argument.empty else '='}"
        for argument in inspect.signature(value).parameters.values()
        if argument.name not in ("self", "classifier")
    ]
