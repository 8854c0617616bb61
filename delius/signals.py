"""What the delius room tells of itself to whoever listens."""

from django.dispatch import Signal

# A request to a service has ended. Sent with `operation` (its name), `status` (None where no answer came), `fault` (the
# kind of error, empty where an answer came) and `milliseconds`. Holds nothing about anybody.
request_ended = Signal()

# A request was not sent, because its service is left alone. Sent with `operation` (its name).
request_not_sent = Signal()
