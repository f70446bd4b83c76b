"""The page on large data sets is computed from measured costs."""

from __future__ import annotations

import json
from dataclasses import asdict, replace

import pytest

from benchmarks.scale_page import (
    Costs,
    first_break,
    limits,
    on_ray_texts,
    passes_text,
    read_costs,
    rounded,
    size_rows,
    text_of,
    write_page,
)

COSTS = Costs(
    photo_seconds=0.0064,
    machine_cores=2,
    data_set_bytes=600,
    index_bytes=150,
    spaces=9,
    key_bytes=70,
    place_bytes=700,
    label_bytes=156,
    features=2000,
    feature_disk_bytes=8_000,
    map_disk_bytes=20_000,
    digest_disk_bytes=300,
)
SPEED = (
    "Machine: 2 cores of some kind\n"
    "| frozen base, first run, 500 to 8,000 photos | 1.7 s and 6.40 s for 1,000 photos | a line |"
)


def costing(seconds: float) -> dict[str, float]:
    """A run on two cores, both of which are busy."""
    return {"cpu": seconds, "clock": seconds / 2}


MACHINE = "2 cores, x86_64, Python 3.11"
ON_RAY = {
    "overhead": [
        {
            "machine": MACHINE,
            "photos": 8192,
            "per_photo": {
                "here": [costing(0.009), costing(0.010), costing(0.011)],
                "ray": [costing(0.0105), costing(0.0104), costing(0.0113)],
            },
            "cpu_added": 0.05,
            "clock_added": 0.05,
        }
    ],
    "gaps": [{"photos": 1024, "median": 0.012, "most": 0.5}],
    "growth": [
        {
            "counts": [1000, 5000],
            "costs": [{"cpu": 30.0}, {"cpu": 70.0}],
            "per_photo": 0.01,
            "once": 20.0,
            "residuals": [-0.0001, -0.002],
        }
    ],
}


def rows_by_name(costs: Costs) -> dict[str, tuple[str, ...]]:
    return {name: tuple(cells) for name, *cells in size_rows(costs)}


def test_costs_are_joined_from_the_json_and_the_page_on_speed():
    elsewhere = ("photo_seconds", "machine_cores")
    measured = {name: value for name, value in asdict(COSTS).items() if name not in elsewhere}

    found = read_costs(json.dumps({**measured, "of another kind": 1}), SPEED)

    assert found == COSTS


def test_a_page_on_speed_without_the_line_is_refused():
    with pytest.raises(SystemExit, match="has no line on the first run of many photos"):
        read_costs("{}", "nothing")


def test_a_photo_has_an_index_for_each_stage():
    assert COSTS.leading_bytes == 600 + 9 * 150 + 70 + 156


def test_cost_grows_with_the_photos():
    rows = rows_by_name(COSTS)

    assert rows["core hours, photos to features"] == ("3.6", "35.6", "355.6")
    assert rows["hours on 100 cores"] == ("0.04", "0.36", "3.56")
    assert rows["disk for features"] == ("8.0 GB", "80.0 GB", "800.0 GB")


def test_missing_measurements_are_reported():
    name = "hours to solve the head in passes on 2 cores, where the disk keeps up"
    measured = replace(COSTS, passes=300.0, pass_core_seconds=2e-5)

    assert rows_by_name(COSTS)[name] == ("not measured yet",) * 3
    assert rows_by_name(measured)[name] == ("0.8", "8.3", "83.3")


def test_passes_name_the_head_that_they_were_counted_on():
    counted = replace(COSTS, passes=301, passes_photos=1796, passes_classes=30)

    assert passes_text(COSTS) == "not measured yet"
    assert passes_text(counted) == "301, counted on 1,796 training photos of 30 classes"


def test_limits_come_in_the_order_of_the_photos_that_reach_them():
    found = [limit.photos for limit in limits(replace(COSTS, passes=300.0, pass_core_seconds=2e-5))]

    assert found == sorted(found)
    assert len(found) == 6


def test_below_every_limit_that_breaks_only_time_is_lost():
    assert first_break(COSTS, 600_000) == (
        "no limit stops the work. These limits only slow it down: the solver's memory, 4.0 GB; "
        "remembered contents of files."
    )


def test_the_first_limit_that_breaks_is_named():
    assert first_break(COSTS, 10**8) == (
        "memory of a leading machine with 32.0 GB, at 15,000,000: paths and the index of the store "
        "do not fit; use a larger machine, or train on a sample."
    )


def test_the_overhead_of_ray_is_shown_next_to_the_target():
    overhead, gaps, growth = on_ray_texts(ON_RAY)

    assert " ".join(overhead.split()) == (
        "During a call, a photo takes 10.5 ms of CPU time in one Ray worker and 10.0 ms in the "
        "calling process: +5.0 %, within the project's limit of 15 %. The wall-clock times are "
        "5.2 and 5.0 ms, +5.0 %. These are medians of 3 calls each, alternating, with 8,192 drawn "
        f"photos (10.4 to 11.3 and 9.0 to 11.0 ms of CPU time; {MACHINE}); percentages are medians "
        "of pairs. The start of a call is excluded: the first 2 parts do not count."
    )
    assert gaps.endswith("of 1,024 photos a worker waits 12 ms, and 500 ms at most.")
    assert "| 1,000 | 30 | +0.0% |\n| 5,000 | 70 | -0.2% |" in growth


def test_the_last_measurement_counts():
    twice = [{"photos": 9, "median": 1.0, "most": 1.0}, *ON_RAY["gaps"]]

    assert on_ray_texts({"gaps": twice}) == on_ray_texts({"gaps": ON_RAY["gaps"]})


def test_missing_measurements_on_ray_are_reported():
    overhead, gaps, growth = on_ray_texts({"gaps": ON_RAY["gaps"], "growth": []})

    assert overhead == "What a photo costs on Ray beside what it costs here: not measured yet."
    assert growth == "How costs grow with the photos: not measured yet."
    assert "a worker waits 12 ms" in gaps


def test_numbers_keep_two_digits():
    assert [rounded(number) for number in (730_123, 14_303_000)] == [730_000, 14_000_000]
    assert [text_of(size) for size in (8_672e6, 1.885e12)] == ["8.7 GB", "1.9 TB"]


def test_the_page_holds_the_tables_and_no_unfilled_place():
    page = write_page(COSTS, ON_RAY)

    assert "| memory of the leading process, together | 2,176 |" in page
    assert "all photos in memory, 700 bytes each." in page
    assert "{backbone}" not in page
    assert "(PerReplica:{ 0:" in page
