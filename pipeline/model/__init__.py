"""The model: rows, practices, findings and errors, as every step knows them."""
