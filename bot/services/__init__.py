"""What we do: one verb a method. Each verb decides by the rules, writes once, and leaves the rest to jobs."""
