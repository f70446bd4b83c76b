"""Layouts that list photos in a table, and reading of tables."""
