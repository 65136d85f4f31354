"""What people do to sources, runs and questions: one function for each act, and each is audited.

Pages, the API and the command line call the same functions, and so have the same rules and the same errors
(`catalogue.errors`). What an act does and its line in the audit are one transaction. Whether somebody may is
asked before (`endpoint.auth.gate`).
"""
