"""Tables for spreadsheets: workbooks, CSV that Excel opens, and descriptions of columns."""
