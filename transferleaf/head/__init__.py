"""The head: its layers on the averaged stages, and the solver that finds the best linear one."""
