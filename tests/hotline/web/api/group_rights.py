"""Who may do what with the help group of a case: a part of the table in `test_who_may`.

Members themselves are no staff: their routes stand in `MEMBERS_ROUTES`, and are tried in
`test_group_members`.
"""

from datetime import datetime, timedelta

from hotline.storage.tables import GroupMember, Provision

# Who works on a case invites to it; a counselor whose call belongs to it reads who is in it.
GROUP_COMMANDS = """
                                           li   wong chen lee  he   sun  tianhe city haizhu root
POST /cases/{id}/group/members             403  403  403  403  ok   404  ok     403  404    403
POST /cases/{id}/group/members/{id}/link   403  403  403  403  ok   404  ok     403  404    403
POST /cases/{id}/group/members/{id}/code   403  403  403  403  ok   404  ok     403  404    403
POST /cases/{id}/group/members/{id}/narrow 403  403  403  403  ok   404  ok     403  404    403
POST /cases/{id}/group/members/{id}/tasks  403  403  403  403  ok   404  ok     403  404    403
POST /cases/{id}/group/members/{id}/visit  403  403  403  403  ok   404  ok     403  404    403
POST /cases/{id}/group/members/{id}/end    403  403  403  403  ok   404  ok     403  404    403
"""
GROUP_PAGES = """
                                    li   wong chen lee  he   sun  tianhe city haizhu root
GET /cases/{id}/group/invite        403  404  404  404  ok   404  ok     403  404    404
GET /cases/{id}/group/members/{id}  ok   404  404  404  ok   404  ok     403  404    404
"""
GROUP_BODIES = {
    "members": {
        "kind": "doctor",
        "name": "x",
        "body": "x",
        "phone": "15400000901",
        "fields": ["asked"],
        "basis": "statutory_duty",
        "article": "minors_11",
    },
    "narrow": {"fields": ["asked", "tasks", "visit", "notes"]},
    "tasks": {"words": "x"},
    "visit": {"visit_on": "2026-03-20"},
    "end": {"text": "x"},
}
MEMBERS_ROUTES = {
    ("GET", "/g/{id}"),
    ("POST", "/g/{id}"),
    ("POST", "/api/v1/g/{id}/notes"),
    ("POST", "/api/v1/g/{id}/tasks/{id}"),
    ("POST", "/api/v1/g/{id}/cannot"),
    ("POST", "/api/v1/g/{id}/danger"),
    ("POST", "/api/v1/g/{id}/leave"),
    ("DELETE", "/api/v1/g/{id}/session"),
}
"""For whoever has a link and a code of one case: a cookie of their own says who acts."""


def a_member(at: datetime) -> tuple[Provision, GroupMember]:
    """A class teacher, invited to the case by a statutory duty."""
    provision = Provision(id="told", case_id="case", recipient_kind="school", recipient="x",
                          purpose="help_group", kinds=["plan"], basis="statutory_duty",
                          article="minors_11", by="staff:he", at=at)  # fmt: skip
    member = GroupMember(id="member", case_id="case", kind="class_teacher", body="x",
                         phone_index="x", phone_masked="154****0901", provision_id="told",
                         fields=["asked", "tasks", "visit", "notes"], by="staff:he", at=at,
                         ends_at=at + timedelta(days=90))  # fmt: skip
    return provision, member
