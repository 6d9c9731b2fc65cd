"""Tables: CSV and workbooks, their headers, columns and cells."""
