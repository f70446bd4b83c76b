"""The report as an HTML page, created only from a ``Report``."""

from transferleaf.reports.html.page import page, save_page

__all__ = ["page", "save_page"]
