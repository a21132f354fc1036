"""Who may read figures, and open what is behind them: a part of the table in `test_who_may`."""

# Supervisors of their lines; administrators count whole months, and see no call.
REPORT_COMMANDS = """
                                    li   wong chen lee  he   sun  tianhe city haizhu root
GET /reports/{id}                   403  403  403  403  ok   ok   403    403  403    ok
GET /reports/{id}/behind            403  403  403  403  ok   ok   403    403  403    403
GET /reports/{id}/export.csv        403  403  403  403  ok   ok   403    403  403    ok
GET /reports/{id}/export.xlsx       403  403  403  403  ok   ok   403    403  403    ok
GET /report-mails                   403  403  403  403  ok   ok   403    403  403    ok
POST /report-mails                  403  403  403  403  422  422  403    403  403    422
DELETE /report-mails/{id}           403  403  403  403  404  404  403    403  403    404
GET /reports/{id}/export.pdf        403  403  403  403  ok   ok   403    403  403    ok
"""
REPORT_PAGES = """
                                    li   wong chen lee  he   sun  tianhe city haizhu root
GET /reports                        403  403  403  403  ok   ok   403    403  403    ok
GET /reports/mails                  403  403  403  403  ok   ok   403    403  403    ok
GET /reports/figures                403  403  403  403  ok   ok   403    403  403    ok
GET /reports/changes                403  403  403  403  ok   ok   403    403  403    403
GET /reports/behind                 403  403  403  403  ok   ok   403    403  403    403
"""
