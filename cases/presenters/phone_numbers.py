"""The numbers that a person on probation can be called at."""

from dataclasses import dataclass

from delius.records import Case


@dataclass(frozen=True)
class PhoneNumber:
    """A number, and its kind in a sentence: *mobile* or *landline*."""

    kind: str
    number: str


def phone_numbers(case: Case) -> list[PhoneNumber]:
    """Return a person's numbers, the mobile first; none where Delius has none."""
    numbers = (("mobile", case.mobile_number), ("landline", case.telephone_number))
    return [PhoneNumber(kind, number) for kind, number in numbers if number]
