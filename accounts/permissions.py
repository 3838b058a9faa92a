"""Who may do what: one vocabulary, one table, one question.

What one may *see* is a queryset's `.visible_to(user)`; what one may *do* is asked here. Each room
registers which roles a person holds on its objects, with their dates; nothing is remembered beyond the
request, so a removal acts on the next one. docs/permissions.md is generated from this table.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db.models import Model, TextChoices
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from accounts.models import User


class Role(TextChoices):
    """What a person is, in the installation, a series or a team."""

    ADMINISTRATOR = "administrator", _("administrator")
    ORGANIZER = "organizer", _("organizer")
    FACILITATOR = "facilitator", _("facilitator")
    COACH = "coach", _("coach")
    EXPERT = "expert", _("resource expert")
    LEAD = "lead", _("team lead")
    STORYTELLER = "storyteller", _("storyteller")
    MEMBER = "member", _("member")
    DATA_CONTACT = "data_contact", _("data contact")
    PEER = "peer", _("member of another team")
    OBSERVER = "observer", _("observer")


SERIES_ROLES = (Role.ORGANIZER, Role.FACILITATOR, Role.EXPERT, Role.OBSERVER)
TEAM_ROLES = (Role.LEAD, Role.STORYTELLER, Role.MEMBER, Role.DATA_CONTACT)


class Permission(StrEnum):
    """A thing that can be done, beyond seeing."""

    LOG_STORY = "log_story"
    CHECK_IN = "check_in"
    EDIT_PLAN = "edit_plan"
    ENTER_NUMBERS = "enter_numbers"
    COMMENT = "comment"
    COMMENT_AS_COACH = "comment_as_coach"
    SHARE_RESOURCE = "share_resource"
    FILE_ON_BEHALF = "file_on_behalf"
    LOG_CALL = "log_call"
    SCORE = "score"
    MANAGE_MEMBERS = "manage_members"
    APPROVE_PUBLIC = "approve_public"
    CONFIGURE = "configure"
    INVITE = "invite"
    ASSIGN_COACH = "assign_coach"
    SEE_ALL_TEAMS = "see_all_teams"
    BUILD_REPORT = "build_report"
    PUBLISH = "publish"
    MANAGE_ROLES = "manage_roles"
    CREATE_SERIES = "create_series"
    SEE_JOBS = "see_jobs"


WORDS: dict[Permission, Any] = {
    Permission.LOG_STORY: _("log a story"),
    Permission.CHECK_IN: _("check in"),
    Permission.EDIT_PLAN: _("edit the plan"),
    Permission.ENTER_NUMBERS: _("enter numbers"),
    Permission.COMMENT: _("comment"),
    Permission.COMMENT_AS_COACH: _("write notes that only coaches and facilitators read"),
    Permission.SHARE_RESOURCE: _("share a resource"),
    Permission.FILE_ON_BEHALF: _("file on a team’s behalf"),
    Permission.LOG_CALL: _("log a call with a team"),
    Permission.SCORE: _("score a team’s progress"),
    Permission.MANAGE_MEMBERS: _("manage the team’s people"),
    Permission.APPROVE_PUBLIC: _("approve for the public"),
    Permission.CONFIGURE: _("configure the series"),
    Permission.INVITE: _("invite people"),
    Permission.ASSIGN_COACH: _("assign coaches"),
    Permission.SEE_ALL_TEAMS: _("see how all teams are doing"),
    Permission.BUILD_REPORT: _("build a report"),
    Permission.PUBLISH: _("publish"),
    Permission.MANAGE_ROLES: _("manage roles in the series"),
    Permission.CREATE_SERIES: _("create a series"),
    Permission.SEE_JOBS: _("see all jobs"),
}

_MEMBER = {
    Permission.LOG_STORY,
    Permission.CHECK_IN,
    Permission.EDIT_PLAN,
    Permission.COMMENT,
    Permission.SHARE_RESOURCE,
    Permission.SCORE,
}
_LEAD = _MEMBER | {Permission.ENTER_NUMBERS, Permission.MANAGE_MEMBERS, Permission.APPROVE_PUBLIC}
_COACH = {
    Permission.LOG_STORY,
    Permission.CHECK_IN,
    Permission.ENTER_NUMBERS,
    Permission.COMMENT,
    Permission.COMMENT_AS_COACH,
    Permission.SHARE_RESOURCE,
    Permission.FILE_ON_BEHALF,
    Permission.LOG_CALL,
    Permission.SCORE,
}
_FACILITATOR = _COACH | {
    Permission.CONFIGURE,
    Permission.INVITE,
    Permission.ASSIGN_COACH,
    Permission.SEE_ALL_TEAMS,
}
_ORGANIZER = _FACILITATOR | {Permission.BUILD_REPORT, Permission.PUBLISH, Permission.MANAGE_ROLES}

GRANTS: dict[Role, set[Permission]] = {
    Role.ADMINISTRATOR: {Permission.CREATE_SERIES, Permission.SEE_JOBS},
    Role.ORGANIZER: _ORGANIZER,
    Role.FACILITATOR: _FACILITATOR,
    Role.COACH: _COACH,
    Role.EXPERT: {Permission.COMMENT, Permission.SHARE_RESOURCE},
    Role.LEAD: _LEAD,
    Role.STORYTELLER: _MEMBER,
    Role.MEMBER: _MEMBER,
    Role.DATA_CONTACT: _MEMBER | {Permission.ENTER_NUMBERS},
    Role.PEER: {Permission.COMMENT, Permission.SHARE_RESOURCE},  # on what a team shared with its series
    Role.OBSERVER: set(),
}

_roles: dict[type[Model], Callable[[Any, Any], set[Role]]] = {}
_duties: list[Callable[[Any], bool]] = []


def register_roles[M: Model](model: type[M], roles: "Callable[[User, M], set[Role]]") -> None:
    """Let `roles(user, obj)` say which roles a person holds today on an object of `model`."""
    _roles[model] = roles


def register_duty(holds: "Callable[[User], bool]") -> None:
    """Let `holds(user)` say whether a person carries a duty that asks for short sessions."""
    _duties.append(holds)


def has_duty(user: "User") -> bool:
    """True for administrators, organizers and facilitators: their sign-in ends sooner."""
    return user.is_superuser or any(holds(user) for holds in _duties)


def roles_on(user: Any, obj: Model | None) -> set[Role]:
    """The roles that `user` holds today on `obj`; None means the installation."""
    if not user.is_authenticated or not user.is_active:
        return set()
    if obj is None:
        roles = {Role.ADMINISTRATOR} if user.is_superuser else set()
        return roles
    return _roles[type(obj)](user, obj)


def rights_on(user: Any, obj: Model | None) -> frozenset[Permission]:
    """Everything that `user` may do with `obj` today, for a page that asks several times."""
    return frozenset(right for role in roles_on(user, obj) for right in GRANTS[role])


def has_permission(user: Any, permission: Permission, obj: Model | None) -> bool:
    """True if one of the roles that `user` holds on `obj` grants `permission`."""
    return any(permission in GRANTS[role] for role in roles_on(user, obj))


def require(user: Any, permission: Permission, obj: Model | None) -> None:
    """Raise PermissionDenied, in words for the person, unless `has_permission`."""
    if not has_permission(user, permission, obj):
        raise PermissionDenied(
            _("Your role here does not let you %(act)s.") % {"act": WORDS[permission]},
        )


@dataclass(frozen=True)
class Policy:
    """What a route declares: who may see it at all, and what acting on it takes.

    `see` is "public" (no sign-in), "person" (any signed-in person), or the word of the object whose
    `.visible_to(user)` decides ("series", "team", "entry", "report", "administrator").
    """

    see: str
    act: Permission | None = None


def policy(*, see: str, act: Permission | None = None) -> Callable[[Any], Any]:
    """Declare a view's policy; the middleware refuses views without one."""

    def declare(view: Any) -> Any:
        view.policy = Policy(see, act)
        return view

    return declare


# Routes of packages, which cannot carry the decorator. Anything else of theirs stays closed.
PACKAGE_POLICIES: dict[str, Policy] = {
    "account_login": Policy("public"),
    "account_logout": Policy("public"),
    "account_signup": Policy("public"),
    "account_request_login_code": Policy("public"),
    "account_confirm_login_code": Policy("public"),
    "account_reset_password": Policy("public"),
    "account_reset_password_done": Policy("public"),
    "account_reset_password_from_key": Policy("public"),
    "account_reset_password_from_key_done": Policy("public"),
    "account_confirm_password_reset_code": Policy("public"),
    "account_complete_password_reset": Policy("public"),
    "account_password_reset_completed": Policy("public"),
    "account_email_verification_sent": Policy("public"),
    "account_confirm_email": Policy("public"),
    "account_inactive": Policy("public"),
    "account_change_password": Policy("person"),
    "account_set_password": Policy("person"),
    "account_email": Policy("person"),
    "account_reauthenticate": Policy("person"),
}
