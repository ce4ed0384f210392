"""The command line: one file a command, each with a `main`. What its options need is imported with them alone."""
