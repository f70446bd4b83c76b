from __future__ import annotations

import csv
from datetime import datetime, timezone

import pytest

import transferleaf as tl
from tests.pages.trying.conftest import BLUE, GREEN, RED, YELLOW, photo_of
from tests.pages.trying.stand_in import CLASSES
from transferleaf.errors import ConfigError
from transferleaf.pages.trying.keeping import COLUMNS, Keeping


def noon():
    return datetime(2026, 1, 31, 12, tzinfo=timezone.utc)


@pytest.fixture
def send(client):
    """Sends photos to a server that keeps them in a folder, and returns its answers."""

    def call(folder, *contents, name="leaf.jpg"):
        files = [("photo", (name, content)) for content in contents]
        asking = client(keeping=Keeping(folder, now=noon))
        return asking.post("/api/predict", files=files).json()["photos"]

    return call


def rows(folder):
    with (folder / "photos.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_photo_is_kept_as_it_came_with_its_answer_and_no_label(send, tmp_path):
    content = photo_of(RED)

    [found] = send(tmp_path / "kept", content)

    [row] = rows(tmp_path / "kept")
    assert found["kept"] is True
    assert (tmp_path / "kept" / row["path"]).read_bytes() == content
    assert tuple(row) == COLUMNS
    assert (row["label"], row["predicted"], row["verdict"]) == ("", CLASSES[0], "sure")
    assert (row["date"], row["name"]) == ("2026-01-31T12:00:00+00:00", "leaf.jpg")
    assert float(row["probability"]) == pytest.approx(found["probability"], abs=1e-6)
    assert row["path"] == f"{row['sha256'][:20]}.jpg"


def test_without_a_folder_nothing_is_kept(client, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    [found] = client().post("/api/predict", files={"photo": photo_of(RED)}).json()["photos"]

    assert found["kept"] is False
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_photo_is_not_kept(send, tmp_path):
    send(tmp_path, b"no photo", photo_of(GREEN))

    assert [row["predicted"] for row in rows(tmp_path)] == [CLASSES[1]]
    assert len(list(tmp_path.iterdir())) == 2


def test_the_same_photo_is_kept_once_also_by_a_later_server(send, tmp_path):
    send(tmp_path, photo_of(RED), photo_of(RED))
    send(tmp_path, photo_of(RED), photo_of(BLUE))

    assert [row["predicted"] for row in rows(tmp_path)] == [CLASSES[0], CLASSES[2]]


@pytest.mark.parametrize("name", ["=1+1.jpg", "a,b\n.jpg", "../../../leaf.jpg", "잎.jpg"])
def test_a_name_can_do_no_harm(send, tmp_path, name):
    send(tmp_path / "kept", photo_of(RED), name=name)

    [row] = rows(tmp_path / "kept")
    assert not row["name"].startswith("=")
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]
    assert (tmp_path / "kept" / row["path"]).is_file()


def test_a_row_that_a_crash_has_cut_goes_and_its_photo_can_come_again(send, tmp_path):
    send(tmp_path, photo_of(RED), photo_of(GREEN))
    table = tmp_path / "photos.csv"
    table.write_bytes(table.read_bytes()[:-30])

    send(tmp_path, photo_of(GREEN))

    assert [row["predicted"] for row in rows(tmp_path)] == [CLASSES[0], CLASSES[1]]


def test_a_table_of_another_program_is_left_alone(tmp_path):
    (tmp_path / "photos.csv").write_text("file,species\n1.jpg,mint\n")

    with pytest.raises(ConfigError, match=r"must hold no other photos\.csv"):
        Keeping(tmp_path)

    assert (tmp_path / "photos.csv").read_text() == "file,species\n1.jpg,mint\n"


def test_columns_that_people_add_are_kept(send, tmp_path):
    send(tmp_path, photo_of(RED))
    table = tmp_path / "photos.csv"
    first, second = table.read_text().splitlines()
    table.write_text(f"{first},note\n{second},by hand\n")

    send(tmp_path, photo_of(RED))

    assert rows(tmp_path)[0]["note"] == "by hand"


def test_a_photo_that_comes_after_a_column_was_added_has_an_empty_cell_in_it(send, tmp_path):
    send(tmp_path, photo_of(RED))
    table = tmp_path / "photos.csv"
    first, second = table.read_text().splitlines()
    table.write_text(f"{first},note\n{second},by hand\n")

    send(tmp_path, photo_of(GREEN))

    assert [row["note"] for row in rows(tmp_path)] == ["by hand", ""]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["unix", "windows", "old mac"])
@pytest.mark.parametrize("last", [True, False], ids=["with a last line end", "without"])
def test_labels_are_kept_however_lines_end(send, tmp_path, end, last):
    send(tmp_path, photo_of(RED), photo_of(GREEN))
    table = tmp_path / "photos.csv"
    lines = table.read_text().replace(".jpg,,", ".jpg,Bean___Rust,").splitlines()
    table.write_bytes((end.join(lines) + end * last).encode())

    send(tmp_path, photo_of(GREEN), photo_of(BLUE))

    assert [row["label"] for row in rows(tmp_path)] == ["Bean___Rust", "Bean___Rust", ""]


def test_a_table_in_another_encoding_is_refused_and_left_alone(send, tmp_path):
    send(tmp_path, photo_of(RED))
    table = tmp_path / "photos.csv"
    content = table.read_text().replace(".jpg,,", ".jpg,\ucf69,").encode("cp949")
    table.write_bytes(content)

    with pytest.raises(ConfigError, match=r"hold a photos\.csv in UTF-8"):
        Keeping(tmp_path)

    assert table.read_bytes() == content


def test_a_first_line_that_a_crash_has_cut_is_written_again(send, tmp_path):
    (tmp_path / "photos.csv").write_text("path,label,pre")

    send(tmp_path, photo_of(RED))

    assert [row["predicted"] for row in rows(tmp_path)] == [CLASSES[0]]


def test_a_folder_that_cannot_be_written_to_is_told_at_the_start(tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(ConfigError, match="must be a folder that can be written to"):
        Keeping(tmp_path / "file" / "kept")


def test_a_full_disk_costs_no_answer(client, tmp_path, monkeypatch):
    keeping = Keeping(tmp_path)

    def keep(*arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Keeping, "keep", keep)

    answer = client(keeping=keeping).post("/api/predict", files={"photo": photo_of(RED)})

    [found] = answer.json()["photos"]
    assert (found["label"], found["kept"]) == (CLASSES[0], False)


def test_once_people_have_labelled_it_the_folder_is_training_data(send, tmp_path):
    send(tmp_path, photo_of(RED), photo_of(GREEN), photo_of(YELLOW), photo_of(BLUE))
    labels = ["Bean___Rust", "Bean___healthy", "Bean___Rust", "Bean___healthy"]
    table = tmp_path / "photos.csv"
    lines = table.read_text().splitlines()
    filled = [
        line.replace(".jpg,,", f".jpg,{label},")
        for line, label in zip(lines[1:], labels, strict=True)
    ]
    table.write_text("\n".join([lines[0], *filled]) + "\n")

    data = tl.open_leaves(tmp_path)

    assert data.class_counts() == {"Bean___Rust": 2, "Bean___healthy": 2}
