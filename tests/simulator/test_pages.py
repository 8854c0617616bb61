"""The page that stands in for Delius's own."""

import requests

from tests.simulator_process import Simulator


def test_a_contact_log_shows_what_was_arranged_and_for_which_nsi(simulator: Simulator) -> None:
    nsi = simulator.add_nsi("X000001", "TKDEV")
    simulator.add_contact("X000001", start="2026-12-01T09:00", end="2026-12-01T10:00", type="CHVS", nsiId=nsi["nsiId"])
    address = f"{simulator.base_url}/ndelius/NDelius-war/delius/JSP/deeplink.xhtml"
    page = requests.get(address, {"component": "ContactList", "CRN": "X000001"}, timeout=5).text
    (row,) = [line for line in page.splitlines() if "2026-12-01 09:00" in line]
    assert "Developing Dialogues" in row
