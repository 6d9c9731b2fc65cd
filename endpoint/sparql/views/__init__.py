"""Views of a result: the cells of a table, a chart, a map and a workbook. Nothing here knows of HTTP."""
