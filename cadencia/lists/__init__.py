"""Lists and histories in files: read, checked, screened, written, counted. The columns are in docs/lists.md."""

from cadencia.lists.screen import ScreenReport, Settings, screen_file

__all__ = ["ScreenReport", "Settings", "screen_file"]
