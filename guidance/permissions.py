"""Permission to read guidance. Roles are mapped to it in `rarbooking/roles.py`."""

READ_GUIDANCE = "guidance.read_guidance"
