"""The command ``transferleaf review``: asks a person about photos, in the browser."""

from __future__ import annotations

import getpass
import shlex
import sys
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from transferleaf.commands.grammar.audited import (
    FeatureBackbone,
    Layout,
    Leaves,
    UseFeatures,
    check_backbone,
    look_at,
)
from transferleaf.commands.grammar.ending import when_stopped
from transferleaf.commands.grammar.examples import examples
from transferleaf.commands.grammar.json_output import JsonFile, console_beside, write_json
from transferleaf.commands.grammar.models import open_classifier
from transferleaf.commands.grammar.photo_paths import photo_paths, say_left_out
from transferleaf.commands.grammar.sites import (
    DEFAULT_HOST,
    Host,
    OpenBrowser,
    Port,
    Site,
    Token,
    open_site,
)
from transferleaf.commands.results.review_listing import print_questions, question_row
from transferleaf.errors import TransferLeafError
from transferleaf.text.terminal import Terminal, from_strangers
from transferleaf.text.wording import counted

if TYPE_CHECKING:
    from transferleaf.datasets import LeafDataset
    from transferleaf.reviewing.journal import Journal
    from transferleaf.reviewing.review import Review, Subject

EXAMPLES = examples(
    "transferleaf review PlantVillage",
    "transferleaf review PlantVillage --list --limit 20",
    "transferleaf review runs/2026-01-31-leaves field-photos/ --limit 50",
)

NEW_PHOTOS = 50
"""Default number of new photos to label."""

_LISTED = 20


def review(
    target: Annotated[
        Path,
        typer.Argument(metavar="DATA|MODEL", help="Labelled photos, or a run folder or .keras."),
    ],
    photos: Annotated[
        list[str] | None,
        typer.Argument(metavar="PHOTOS", help="After MODEL: new photos to label."),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FOLDER",
            help="Folder for the decisions and the reviewed data set.",
            show_default="NAME-review",
        ),
    ] = None,
    by: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Who decides.", show_default="name of the user"),
    ] = None,
    limit: Annotated[
        int | None,
        typer.Option(
            "--limit",
            "-n",
            min=1,
            metavar="N",
            help="Most photos to ask about.",
            show_default=f"all; {NEW_PHOTOS} new photos",
        ),
    ] = None,
    listed: Annotated[
        bool, typer.Option("--list", help="Print what would be asked, and serve no page.")
    ] = False,
    save_json: JsonFile = None,
    layout: Layout = None,
    leaves: Leaves = "auto",
    backbone: FeatureBackbone = None,
    features: UseFeatures = None,
    host: Host = DEFAULT_HOST,
    port: Port = None,
    token: Token = None,
    browser: OpenBrowser = None,
) -> None:
    """Review doubtful labels and poor photos in the browser, or label the most useful new photos.

    With DATA, the page shows what the audit found, the most suspicious first: keep, relabel, drop,
    or mark the same leaf. It says when it is no longer worth continuing. With MODEL and PHOTOS, it
    shows the new photos whose labels teach the classifier most. No photo is changed, moved or
    deleted.

    Each decision is stored at once: the same command continues. FOLDER/reviewed.csv is the
    reviewed data set; transferleaf train takes it. --list and --json need no page.
    """
    check_backbone(backbone, features)
    words = _Words(
        target=target,
        photos=photos or [],
        output=output or Path(f"{_name(target)}-review"),
        limit=limit,
        layout=layout,
        leaves=leaves,
        backbone=backbone,
        features=features,
    )
    _check(words)
    if listed or save_json is not None:
        _list(words, save_json)
        return
    site = open_site(host=host, port=port, token=token, browser=browser, why="the page of a review")
    with closing(site.address.listening):
        _serve(words, by or _user(), site)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    """The options of the command."""

    target: Path
    photos: list[str]
    output: Path
    limit: int | None
    layout: str | None
    leaves: str
    backbone: str | None
    features: bool | None

    @property
    def is_new(self) -> bool:
        """Whether to label new photos."""
        return bool(self.photos)


def _check(words: _Words) -> None:
    from transferleaf.runs.folder import is_run

    is_model = is_run(words.target) or words.target.suffix == ".keras"
    if is_model and not words.photos:
        raise typer.BadParameter(f"name new photos after the model {str(words.target)!r}")
    if words.photos and not is_model:
        told = "is no run folder and no .keras file, so no photos can follow it"
        raise typer.BadParameter(f"{str(words.target)!r} {told}")
    if words.photos and (words.layout, words.backbone, words.features) != (None, None, None):
        raise typer.BadParameter("--layout, --backbone and --features are for DATA, not for MODEL")
    if words.output.is_file():
        raise typer.BadParameter(f"--output {str(words.output)!r} is a file; name a folder")
    inside = words.target.resolve()
    if words.target.is_dir() and not is_model and words.output.resolve().is_relative_to(inside):
        told = "lies among the photos and would be taken for a class; name another folder"
        raise typer.BadParameter(f"--output {str(words.output)!r} {told}")


def _name(target: Path) -> str:
    return target.resolve().stem if target.suffix else target.resolve().name


def _user() -> str:
    with suppress(Exception):  # the system has no users, or does not know this user
        return getpass.getuser()
    return "unknown"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Prepared:
    """What is reviewed.

    Attributes:
        subject: Photos and questions.
        chosen: Newly chosen photos.
        besides: More photos that the result contains.
    """

    subject: Subject
    chosen: tuple[str, ...] = ()
    besides: LeafDataset | None = None


def _list(words: _Words, save_json: str | None) -> None:
    """Print or write the questions; nothing is stored."""
    from transferleaf.reviewing.journal import has_review

    console = console_beside(save_json)
    with when_stopped(lambda: ". The facts of checked photos are stored: the same command goes on"):
        subject = _prepare(
            words if words.is_new else replace(words, limit=None), None, verbose=0
        ).subject
    write_json(
        [question_row(subject, number) for number in range(len(subject.items))][: words.limit],
        save_json,
    )
    if save_json is None:
        print_questions(subject, words.limit or _LISTED, console)
        if has_review(words.output):
            told = f"{str(words.output)!r} has decisions on them; run without --list to continue."
            console.print(from_strangers(told))


def _serve(words: _Words, by: str, site: Site) -> None:
    from transferleaf.pages.reviewing.application import review_application
    from transferleaf.reviewing.journal import Journal, has_review
    from transferleaf.reviewing.review import Review

    console = Terminal(highlight=False)
    goes_on = has_review(words.output)
    subject = "new photos" if words.is_new else "data"
    with Journal(words.output, subject=subject) as journal:
        with when_stopped(lambda: ". The same command continues"):
            prepared = _prepare(words, journal, verbose=1)
            if prepared.chosen:
                journal.append({"chosen": prepared.chosen})
            going = Review(prepared.subject, journal, by=by)
        _say_start(going, console, goes_on=goes_on)

        def finish(sentences: Mapping[str, str] | None = None) -> str:
            return _finish(going, prepared.besides, sentences)

        def stopped() -> str:
            try:
                return f". {finish()}"
            except (OSError, TransferLeafError) as error:
                told = str(error).rstrip(".")
                return f". The results were not written: {told}. The same command continues."

        app = review_application(going, access=site.access, finish=finish)
        site.serve(app, title=f"Review of {words.target}", stopped=stopped)
        console.print(from_strangers(finish()), soft_wrap=True)


def _say_start(going: Review, console: Console, *, goes_on: bool) -> None:
    made, left = len(going.decisions()), len(going.open_items())
    if goes_on:
        told = f"The review in {str(going.journal.folder)!r} goes on: "
        console.print(from_strangers(f"{told}{counted(made, 'decision')} made."), soft_wrap=True)
    if going.stale:
        told = (
            f"{counted(len(going.stale), 'decision')} no longer counted: the file has changed or "
            "is gone, so the photo is asked about again."
        )
        console.print(told, soft_wrap=True)
    console.print(f"{counted(left, 'photo')} to look at")


def _finish(
    going: Review, besides: LeafDataset | None, sentences: Mapping[str, str] | None = None
) -> str:
    """Write the results, and return a description of them, one sentence per line."""
    from transferleaf.reviewing.outcome import apply_decisions, write_outcome
    from transferleaf.reviewing.sentences import SENTENCES, results

    outcome = command = None
    if going.decisions():
        outcome = apply_decisions(going)
        manifest = write_outcome(going, outcome, besides=besides)
        command = None if manifest is None else f"transferleaf train {shlex.quote(str(manifest))}"
    return "\n".join(results(going, outcome, command=command, sentences=sentences or SENTENCES))


def _prepare(words: _Words, journal: Journal | None, *, verbose: int) -> _Prepared:
    prepare: Callable[..., _Prepared] = _new_photos if words.is_new else _labelled_photos
    return prepare(words, journal, verbose=verbose)


def _labelled_photos(words: _Words, journal: Journal | None, *, verbose: int) -> _Prepared:
    from transferleaf.reviewing.subjects import audited_photos

    found = look_at(
        words.target,
        layout=words.layout,
        leaves=words.leaves,
        backbone=words.backbone,
        features=words.features,
        verbose=verbose,
    )
    if verbose and found.evidence is None:
        told = next(iter(found.audit.not_run.values()), "")
        Terminal(highlight=False).print(from_strangers(f"Labels are not compared: {told}."))
    subject = audited_photos(
        found.data,
        found.audit,
        found.evidence,
        hashes=[fact.sha256 for fact in found.facts],
        limit=words.limit,
    )
    return _Prepared(subject=subject)


def _new_photos(words: _Words, journal: Journal | None, *, verbose: int) -> _Prepared:
    from transferleaf.datasets.photos.files import LeftOut
    from transferleaf.reviewing.review import chosen_before
    from transferleaf.reviewing.subjects import new_photos

    classifier = open_classifier(words.target)
    from transferleaf.runs.new_photos import see_new_photos, training_photos

    left_out = LeftOut()
    paths = list(photo_paths(words.photos, sys.stdin, left_out))
    say_left_out(left_out)
    besides = training_photos(words.target)
    seen = see_new_photos(classifier, paths, besides, verbose=verbose)
    records = [] if journal is None else journal.records
    chosen = chosen_before(records)
    subject, fresh = new_photos(
        seen.paths,
        seen.probabilities,
        seen.features,
        classes=classifier.classes,
        hashes=seen.hashes,
        examples=seen.examples,
        chosen=chosen,
        number=words.limit or NEW_PHOTOS,
        labelled=_answered(records),
    )
    if verbose:
        _say_seen(seen.known, seen.unreadable, len(seen.paths), besides is None)
    return _Prepared(subject=subject, chosen=fresh, besides=besides)


def _answered(records: list[dict[str, Any]]) -> dict[str, bool]:
    """Return the names of photos with an answer in a journal."""
    open_: dict[int, str] = {}
    for record in records:
        made = record.get("decision")
        if isinstance(made, dict) and made.get("action") != "later":
            open_[made.get("number", 0)] = str(made.get("photo"))
        open_.pop(record.get("undone", -1), None)
    return dict.fromkeys(open_.values(), True)


def _say_seen(known: int, unreadable: int, photos: int, unknown_run: bool) -> None:
    console = Terminal(highlight=False)
    told = counted(photos, "new photo")
    if known:
        told += f"; {known:,} left out that are there twice or in the run"
    if unreadable:
        told += f"; {unreadable:,} cannot be read"
    console.print(f"{told}.")
    if unknown_run:
        console.print("The photos of the run were not found: the result lists new photos only.")
