"""The part of GOV.UK Notify in use: texts by template, looked up by id or reference, and previews of templates.

Its addresses begin at the root, as Notify's own do. What becomes of a text follows from the number's last digits, as
with Notify's own numbers for tests, and from the control API.
"""

import re
import uuid
from dataclasses import asdict
from typing import Any

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from simulator.state import current
from simulator.state.texts import Text, Texts

SERVICE_ID = "11111111-1111-4111-8111-111111111111"
SECRET = "22222222-2222-4222-8222-222222222222"  # noqa: S105 - of the demo
BY_LAST_DIGITS = {"900002": "permanent-failure", "900003": "temporary-failure"}
MOBILE_NUMBER = re.compile(r"(?:\+?44|0)7\d{9}")

blueprint = Blueprint("notify", __name__, url_prefix="/v2")


class NotifyError(Exception):
    """An error as Notify answers it."""

    def __init__(self, status: int, error: str, message: str) -> None:
        super().__init__(message)
        self.status, self.error, self.message = status, error, message


def texts() -> Texts:
    """Return the texts of the current request's simulator."""
    return current().texts


@blueprint.errorhandler(NotifyError)
def _error(problem: NotifyError) -> ResponseReturnValue:
    errors = [{"error": problem.error, "message": problem.message}]
    return jsonify(status_code=problem.status, errors=errors), problem.status


@blueprint.before_request
def _authenticate() -> None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    try:
        claims = jwt.decode(token, OctKey.import_key(SECRET), algorithms=["HS256"]).claims
    except (JoseError, ValueError):
        claims = {}
    if scheme != "Bearer" or claims.get("iss") != SERVICE_ID:
        raise NotifyError(403, "AuthError", "Invalid token: API key not found")


@blueprint.post("/notifications/sms", endpoint="sendText")
def send_text() -> ResponseReturnValue:
    """Take a text. The same reference may be sent again: it is another text."""
    asked = request.get_json()
    number = re.sub(r"[\s()-]", "", str(asked.get("phone_number", "")))
    if not MOBILE_NUMBER.fullmatch(number):
        raise NotifyError(400, "ValidationError", "phone_number Not a UK mobile number")
    template_id = str(asked.get("template_id"))
    body = _body(template_id, asked.get("personalisation") or {})
    text = Text(str(uuid.uuid4()), asked.get("reference"), number, template_id, body)
    with texts().lock:
        texts().taken.append(text)
    answer = {"id": text.id, "reference": text.reference, "content": {"body": body, "from_number": "GOVUK"}}
    return jsonify(answer), 201


@blueprint.get("/notifications", endpoint="getTexts")
def get_texts() -> ResponseReturnValue:
    """Return the texts of a reference, the latest first."""
    wanted = request.args.get("reference")
    found = [_answer(each) for each in reversed(texts().taken) if wanted in (None, each.reference)]
    return jsonify(notifications=found, links={"current": request.url})


@blueprint.get("/notifications/<text_id>", endpoint="getText")
def get_text(text_id: str) -> ResponseReturnValue:
    """Return a text. Networks answer by the time that somebody looks."""
    for text in texts().taken:
        if text.id == text_id:
            if text.status == "created":
                text.status = BY_LAST_DIGITS.get(text.phone_number[-6:], "delivered")
            return jsonify(_answer(text))
    raise NotifyError(404, "NoResultFound", "No result found")


@blueprint.post("/template/<template_id>/preview", endpoint="previewTemplate")
def preview_template(template_id: str) -> ResponseReturnValue:
    """Return what a template says with some values."""
    body = _body(template_id, request.get_json().get("personalisation") or {})
    return jsonify(id=template_id, type="sms", version=1, body=body)


def _body(template_id: str, values: dict[str, str]) -> str:
    template = texts().templates.get(template_id)
    if template is None:
        raise NotifyError(400, "BadRequestError", "Template not found")
    missing = set(re.findall(r"\(\((\w+)\)\)", template)) - values.keys()
    if missing:
        raise NotifyError(400, "BadRequestError", f"Missing personalisation: {', '.join(sorted(missing))}")
    return re.sub(r"\(\((\w+)\)\)", lambda name: str(values[name[1]]), template).strip()


def _answer(text: Text) -> dict[str, Any]:
    answer = asdict(text)
    return {**answer, "type": "sms", "template": {"id": answer.pop("template_id"), "version": 1}}
