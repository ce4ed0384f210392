"""What is true: rules and states. Pure functions and values, standard library only."""
