"""Path converters. Importing this module registers them."""

from django.urls import register_converter


class CrnConverter:
    """A CRN: one letter and six digits, converted to capitals."""

    regex = "[A-Za-z][0-9]{6}"

    def to_python(self, value: str) -> str:
        return value.upper()

    def to_url(self, value: str) -> str:
        return value


class ContactIdConverter:
    """The id of a contact in Delius: a positive integer of 64 bits, as the contract has it."""

    regex = "[1-9][0-9]{0,18}"

    def to_python(self, value: str) -> int:
        if (number := int(value)) >= 2**63:
            raise ValueError(value)
        return number

    def to_url(self, value: int) -> str:
        return str(value)


register_converter(CrnConverter, "crn")
register_converter(ContactIdConverter, "contact")
