"""The collection template: a workbook, a CSV table or a JSON Schema in a language, to be filled and sent in."""
