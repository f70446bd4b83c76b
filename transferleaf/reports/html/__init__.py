"""The report as a page: one HTML file, made from a ``Report`` alone."""

from transferleaf.reports.html.page import page, save_page

__all__ = ["page", "save_page"]
