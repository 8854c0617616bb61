"""What somebody may be let do with published guidance. Which role allows it is the project's to say."""

READ_GUIDANCE = "guidance.read_guidance"
