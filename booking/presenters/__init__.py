"""What templates print, a module a page: no reads, no decisions left for the template."""
