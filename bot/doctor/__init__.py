"""The doctor: looks at a deployment from outside its processes, and says a line and a remedy for each thing."""
