from __future__ import annotations

import pytest

import transferleaf as tl
from transferleaf.errors import ConfigError
from transferleaf.files.versions import check_version


@pytest.mark.parametrize("version", ["0.0.9", "0.1", "0.1.0.dev3", tl.__version__])
def test_files_of_this_or_an_earlier_version_are_accepted(version):
    assert check_version(version) is None


@pytest.mark.parametrize("version", ["0.10.0", "1.0", "99.0.0.dev1"])
def test_files_of_a_later_version_are_refused(version):
    with pytest.raises(ConfigError) as caught:
        check_version(version)

    assert str(caught.value) == (
        f"transferleaf_version='{version}' must be at most {tl.__version__}, the version that is "
        "installed; to load what a later one saved: "
        f'pip install --upgrade "transferleaf>={version}".'
    )


@pytest.mark.parametrize("version", ["new", "", None, 3, [1], "9" * 5000 + ".0", "1." + "9" * 5000])
def test_an_invalid_version_is_refused(version):
    with pytest.raises(ConfigError, match=r"must be a version such as '0\.1\.0'"):
        check_version(version)
