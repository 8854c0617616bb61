"""Signals of the Delius client."""

from django.dispatch import Signal

# A request to a service has ended. Sent with `operation` (its name), `status` (None where no answer came), `fault` (the
# type of error, empty where an answer came) and `milliseconds`. No personal data.
request_ended = Signal()

# A request was not sent, because the circuit is open or the bulkhead full. Sent with `operation` (its name).
request_not_sent = Signal()
