# graph: dataset
# finds: foreign-term-unknown violation
INSERT DATA { <http://localhost:8000/agent/contact> vcard:hasMail <mailto:a@example.org> }
