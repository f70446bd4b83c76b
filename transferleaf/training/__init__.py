"""Training: runs the phases of a plan, and verifies that the plan was kept."""
