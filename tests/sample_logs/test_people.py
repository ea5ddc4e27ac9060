"""Nobody in the sample can be a real person."""

import csv
from datetime import date
from pathlib import Path

from saksflyt.sample_logs.dice import Dice
from saksflyt.sample_logs.generator import write_sample
from saksflyt.sample_logs.people import People


def weighted_sum(number: str, weights: str) -> int:
    return sum(int(figure) * int(weight) for figure, weight in zip(number, weights, strict=True))


def is_synthetic(number: str) -> bool:
    """By the rule as published: both control sums are divisible by eleven, and the month is 81 to 92."""
    day, month, year, individual = int(number[:2]), int(number[2:4]) - 80, int(number[4:6]), int(number[6:9])
    date((2000 if individual >= 500 and year < 40 else 1900) + year, month, day)  # raises if there is no such day
    sums = weighted_sum(number[:10], "3761894521"), weighted_sum(number, "54327654321")
    return len(number) == 11 and number.isdecimal() and all(total % 11 == 0 for total in sums)


def test_the_check_knows_a_published_test_number_from_a_wrong_one() -> None:
    assert is_synthetic("10915596784")
    assert not is_synthetic("10915596785")


def test_everyone_is_synthetic_and_nobody_comes_twice() -> None:
    people = People(Dice(1, "test"))
    numbers = [people.someone_new() for _ in range(3000)]
    assert all(is_synthetic(number) for number in numbers)
    assert len(set(numbers)) == len(numbers)


def test_the_export_names_synthetic_people_only_and_some_come_back(tmp_path: Path) -> None:
    sample = write_sample(tmp_path, cases=300)
    with sample.export.open(encoding="cp1252", newline="") as file:
        numbers = {row["Søker"] for row in csv.DictReader(file, delimiter=";")}
    assert all(is_synthetic(number) for number in numbers)
    assert sample.answers.returning_applicants > 30
