"""Checks before a version is published: ``make release``.

The version must have its entry in the changelog and in CITATION.cff, the source distribution must
build the same wheel as the tree, the wheel must contain exactly the package, and it must work in a
new environment. Nothing is published here. A tag is published by ``.github/workflows/release.yml``.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import venv
import zipfile
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

PACKAGE = "transferleaf"
ROOT = Path(__file__).parents[1]


def version_faults(version: str, tag: str | None = None) -> list[str]:
    """Return why ``version`` cannot be released, or not with ``tag``.

    >>> version_faults("0.2.0", "v0.2.1")
    ["the tag is 'v0.2.1' and the version 0.2.0: tag it 'v0.2.0'"]
    """
    if not re.fullmatch(r"\d+\.\d+\.\d+(rc\d+)?", version):
        return [f"{version} is no version to release: write it as 1.2.3 or 1.2.3rc1"]
    if tag is not None and tag != f"v{version}":
        return [f"the tag is {tag!r} and the version {version}: tag it 'v{version}'"]
    return []


def changelog_faults(changelog: str, version: str) -> list[str]:
    """Return what is missing in the changelog for ``version``."""
    sections = re.split(r"^## ", changelog, flags=re.MULTILINE)[1:]
    titles = [section.partition("\n")[0].strip() for section in sections]
    faults = []
    for title, section in zip(titles, sections, strict=True):
        if title == "[Unreleased]" and section.partition("\n")[2].strip():
            faults.append("CHANGELOG.md: [Unreleased] is not empty; move it below the version")
    dated = re.compile(rf"\[{re.escape(version)}\] - \d{{4}}-\d{{2}}-\d{{2}}")
    if not any(dated.fullmatch(title) for title in titles):
        faults.append(f"CHANGELOG.md: there is no section '## [{version}] - YYYY-MM-DD'")
    return faults


def citation_faults(citation: str, version: str) -> list[str]:
    """Return what is wrong with the version in CITATION.cff."""
    if re.search(rf"^version: {re.escape(version)}$", citation, flags=re.MULTILINE):
        return []
    return [f"CITATION.cff: there is no line 'version: {version}'"]


def wheel_faults(names: Iterable[str], files: Collection[str]) -> list[str]:
    """Return the unexpected and the missing files of a wheel.

    Args:
        names: The files in the wheel.
        files: The files of the package in the repository.
    """
    held = {name for name in names if not re.match(rf"{PACKAGE}-[^/]+\.dist-info/", name)}
    too_much = [f"the wheel holds {name}" for name in sorted(held - set(files))]
    return too_much + [f"the wheel lacks {name}" for name in sorted(set(files) - held)]


def differences(one: Mapping[str, bytes], other: Mapping[str, bytes]) -> list[str]:
    """Return the files that differ between the two wheels."""
    names = sorted(one.keys() | other.keys())
    return [
        f"the wheel from the source distribution has another {name} than the wheel from the tree"
        for name in names
        if one.get(name) != other.get(name)
    ]


def written_faults(tag: str | None) -> list[str]:
    """Check the files that are written by hand, and that everything is committed."""
    version = read_version()
    faults = version_faults(version, tag)
    faults += changelog_faults(_text("CHANGELOG.md"), version)
    faults += citation_faults(_text("CITATION.cff"), version)
    if _git("status", "--porcelain"):
        faults.append("the tree has changes that are not committed")
    return faults


def built_faults(dist: Path) -> list[str]:
    """Build both distributions into ``dist``, and check them."""
    if dist.exists() and any(dist.iterdir()):
        return [f"{dist} is not empty: `make clean` empties it"]
    _run(sys.executable, "-m", "build", "--outdir", str(dist), str(ROOT))  # sdist, wheel from it
    [wheel] = dist.glob("*.whl")
    with tempfile.TemporaryDirectory() as folder:
        _run(sys.executable, "-m", "build", "--wheel", "--outdir", folder, str(ROOT))
        [from_tree] = Path(folder).glob("*.whl")
        faults = differences(_contents(wheel), _contents(from_tree))
    return faults + wheel_faults(_contents(wheel), _git("ls-files", PACKAGE).split())


def check_installed(wheel: Path) -> None:
    """Install only the wheel in a new environment, and use it in another folder."""
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        scripts = Path(folder) / ("Scripts" if sys.platform == "win32" else "bin")
        python = str(scripts / "python")
        _run(python, "-m", "pip", "install", "--quiet", str(wheel.resolve()), cwd=folder)
        _run(python, "-m", "pip", "check", cwd=folder)
        _run(str(scripts / PACKAGE), "doctor", cwd=folder)


def read_version() -> str:
    """Read the version without importing the package."""
    text = _text(f"{PACKAGE}/files/versions.py")
    found = re.search(r'^__version__ = "(.+)"$', text, flags=re.MULTILINE)
    assert found is not None
    return found[1]


def main() -> int:
    """Run all checks and print the problems. Returns 1 if there are any."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--tag", help="the tag that the version is published under")
    parser.add_argument("--dist", type=Path, default=ROOT / "dist", help="default: %(default)s")
    parser.add_argument(
        "--only-build", action="store_true", help="build, compare and install, on any commit"
    )
    options = parser.parse_args()
    faults = [] if options.only_build else written_faults(options.tag)
    faults = faults or built_faults(options.dist)
    if faults:
        print("Not ready to be released:", *faults, sep="\n- ", file=sys.stderr)
        return 1
    [wheel] = options.dist.glob("*.whl")
    check_installed(wheel)
    version = read_version()
    told = f"git tag v{version} && git push origin v{version} publishes it."
    print(f"{wheel.name} works.", "" if options.only_build else told)
    return 0


def _contents(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def _text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def _git(*words: str) -> str:
    return subprocess.run(
        ["git", *words], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.strip()


def _run(*words: str, cwd: str | None = None) -> None:
    subprocess.run(words, cwd=cwd, check=True)


if __name__ == "__main__":
    sys.exit(main())
