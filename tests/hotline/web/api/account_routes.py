"""Who may do what with accounts: the rows of `test_who_may` that are about people's own."""

ACCOUNT_COMMANDS = """
                                    li   wong chen lee  he   sun  tianhe city haizhu root
GET /me/sessions                    ok   ok   ok   ok   ok   ok   ok     ok   ok     ok
DELETE /me/sessions/{id}            404  404  404  404  404  404  404    404  404    404
POST /me/sessions/end-others        ok   ok   ok   ok   ok   ok   ok     ok   ok     ok
POST /me/password/judge             ok   ok   ok   ok   ok   ok   ok     ok   ok     ok
POST /me/password                   401  401  401  401  401  401  401    401  401    401
POST /me/confirm                    ok   ok   ok   ok   ok   ok   ok     ok   ok     ok
POST /me/confirm/provider           404  404  404  404  404  404  404    404  404    404
POST /me/second-factor              ok   ok   ok   ok   ok   ok   ok     ok   ok     ok
POST /me/second-factor/confirm      401  401  401  401  401  401  401    401  401    401
DELETE /me/second-factor            ok   ok   ok   ok   ok   ok   ok     ok   ok     ok
POST /me/recovery-codes             ok   ok   ok   ok   ok   ok   ok     ok   ok     ok
POST /me/told                       ok   ok   ok   ok   ok   ok   ok     ok   ok     ok
GET /accounts                       403  403  403  403  403  403  403    403  403    ok
POST /accounts/{id}/invitation      403  403  403  403  403  403  403    403  403    ok
DELETE /accounts/{id}/sessions      403  403  403  403  403  403  403    403  403    ok
DELETE /accounts/{id}/second-factor 403  403  403  403  403  403  403    403  403    ok
POST /accounts/{id}/disable         403  403  403  403  403  403  403    403  403    ok
POST /accounts/{id}/enable          403  403  403  403  403  403  403    403  403    ok
"""
ACCOUNT_PAGES = """
                                    li   wong chen lee  he   sun  tianhe city haizhu root
GET /account                        ok   ok   ok   ok   ok   ok   ok     ok   ok     ok
GET /accounts                       403  403  403  403  403  403  403    403  403    ok
"""
STRANGERS = {
    ("POST", "/api/v1/sessions/code"),
    ("POST", "/api/v1/sessions/provider"),
    ("GET", "/sign-in/return"),
    ("POST", "/api/v1/sessions/factor"),
    ("POST", "/api/v1/sessions/factor/confirm"),
    ("POST", "/api/v1/invitations/look"),
    ("POST", "/api/v1/invitations/judge"),
    ("POST", "/api/v1/invitations/use"),
    ("GET", "/invitation"),
}
"""For whoever is not signed in yet; each proves itself by a token of its own."""
ACCOUNT_BODIES = {
    "/me/password/judge": {"password": "x"},
    "/me/password": {"old": "not the password", "password": "x"},
    "/me/confirm": {"proof": "correct horse battery"},
    "/me/second-factor/confirm": {"code": "nothing"},
}
ACCOUNT_TABLES = ((ACCOUNT_PAGES, ""), (ACCOUNT_COMMANDS, "/api/v1"))
