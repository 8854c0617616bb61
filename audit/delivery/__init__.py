"""Delivery of audit events to the SQS queue of HMPPS Audit (transactional outbox)."""
