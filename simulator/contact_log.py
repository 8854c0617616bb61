"""A placeholder for Delius's page of a person's contact log, so that links to it work."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from simulator.database.store import rows
from simulator.state import current

blueprint = Blueprint("contact_log", __name__, url_prefix="/ndelius")

CONTACTS = (
    "SELECT contact.*, contact_type.description AS type_description, nsi_type.description AS nsi_description"
    " FROM contact JOIN person ON contact.person_id = person.id"
    " LEFT JOIN contact_type ON contact.type_code = contact_type.code"
    " LEFT JOIN nsi ON contact.nsi_id = nsi.id LEFT JOIN nsi_type ON nsi.type_code = nsi_type.code"
    " WHERE crn = ? ORDER BY starts DESC LIMIT 200"
)


@blueprint.get("/NDelius-war/delius/JSP/deeplink.xhtml")
def contact_log() -> ResponseReturnValue:
    """Show a person's contacts, the latest first."""
    crn = request.args.get("CRN", "")
    with current().store.reading() as connection:
        found = rows(connection, CONTACTS, crn)
    return render_template("contact_log.html", system="Delius", crn=crn, contacts=found)
