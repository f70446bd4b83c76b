from __future__ import annotations

import pytest

from tools.release import (
    changelog_faults,
    citation_faults,
    differences,
    read_version,
    version_faults,
    wheel_faults,
)

CHANGELOG = """# Changelog

## [Unreleased]

## [0.2.0] - 2026-12-01

### Added

- All of it.

## [0.1.0] - 2026-11-01
"""


@pytest.mark.parametrize("version", ["0.2.0", "1.0.0", "1.10.0rc2"])
def test_a_version_of_three_numbers_can_be_released(version):
    assert version_faults(version, f"v{version}") == version_faults(version) == []


@pytest.mark.parametrize("version", ["0.2", "0.2.0.dev1", "0.2.0+local", "new"])
def test_another_version_cannot(version):
    assert version_faults(version) == [
        f"{version} is no version to release: write it as 1.2.3 or 1.2.3rc1"
    ]


def test_a_tag_names_the_version():
    assert version_faults("0.2.0", "0.2.0") == [
        "the tag is '0.2.0' and the version 0.2.0: tag it 'v0.2.0'"
    ]


def test_a_changelog_with_a_dated_section_and_nothing_unreleased_is_ready():
    assert changelog_faults(CHANGELOG, "0.2.0") == []


@pytest.mark.parametrize("version", ["0.2", "0.3.0", "0x2x0"])
def test_a_version_needs_its_section(version):
    assert changelog_faults(CHANGELOG, version) == [
        f"CHANGELOG.md: there is no section '## [{version}] - YYYY-MM-DD'"
    ]


def test_a_section_without_a_date_does_not_count():
    assert len(changelog_faults(CHANGELOG.replace(" - 2026-12-01", ""), "0.2.0")) == 1


def test_what_is_unreleased_must_have_been_moved():
    changelog = CHANGELOG.replace("[Unreleased]\n", "[Unreleased]\n\n### Fixed\n\n- This.\n")

    assert changelog_faults(changelog, "0.2.0") == [
        "CHANGELOG.md: [Unreleased] is not empty; move it below the version"
    ]


def test_a_citation_names_the_version():
    assert citation_faults("title: x\nversion: 0.2.0\n", "0.2.0") == []
    assert citation_faults("title: x\nversion: 0.2.0\n", "0.2.1") == [
        "CITATION.cff: there is no line 'version: 0.2.1'"
    ]


def test_a_wheel_holds_the_files_of_the_package_and_its_metadata():
    names = ["transferleaf/__init__.py", "transferleaf-0.2.0.dist-info/METADATA"]

    assert wheel_faults(names, ["transferleaf/__init__.py"]) == []


def test_what_is_too_much_in_a_wheel_or_missing_is_named():
    names = ["transferleaf/__init__.py", "tests/test_cli.py"]

    assert wheel_faults(names, ["transferleaf/__init__.py", "transferleaf/py.typed"]) == [
        "the wheel holds tests/test_cli.py",
        "the wheel lacks transferleaf/py.typed",
    ]


def test_wheels_of_the_same_files_are_the_same():
    assert differences({"a": b"1", "b": b"2"}, {"b": b"2", "a": b"1"}) == []


@pytest.mark.parametrize("other", [{"a": b"2"}, {}], ids=["changed", "absent"])
def test_a_file_in_which_two_wheels_differ_is_named(other):
    assert differences({"a": b"1"}, other) == [
        "the wheel from the source distribution has another a than the wheel from the tree"
    ]


def test_the_version_is_read_from_the_package():
    import transferleaf

    assert read_version() == transferleaf.__version__
