"""The shell that trains: a plan's phases are run for real, and the plan is proved to be kept."""
