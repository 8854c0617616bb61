"""What is wrong with guidance, or missing from it: broken links, reading age, what needs a designer's attention."""
