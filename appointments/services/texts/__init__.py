"""Texts to people on probation about their appointments, through GOV.UK Notify."""
