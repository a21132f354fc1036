"""What can be said of an account, as people read it. Part of `words`."""

from collections.abc import Mapping

ACCOUNT_WORDS: Mapping[str, Mapping[str, str]] = {
    "account_state": {
        "active": "可以登录",
        "never_signed_in": "还没登录过",
        "invited": "已给链接，还没选密码",
        "no_password": "还没有密码",
        "disabled": "管理员已停用",
        "not_in_files": "配置里没有，不能登录",
    },
    "account_act": {
        "invited": "给了邀请链接",
        "password_reset": "重设了密码",
        "password_chosen": "选了新密码",
        "sessions_ended": "让所有地方都退出",
        "factor_set_up": "设置了手机验证码",
        "factor_removed": "去掉了手机验证码",
        "recovery_codes_made": "换了一批恢复码",
        "recovery_code_used": "用恢复码登录",
        "disabled": "停用了账号",
        "enabled": "重新启用了账号",
    },
}
