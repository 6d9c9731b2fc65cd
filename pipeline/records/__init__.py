"""Records: rows joined into practices, the ledger of slugs, and the previous release."""
