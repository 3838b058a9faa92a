"""The people of the living sample series whom a demonstration offers to be."""

from datetime import date

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import Role
from desk.samples import read
from desk.samples.rows import Person
from series.models import SeriesRole
from teams.models import CoachAssignment, Membership

# One of each role, and a lead who reads Spanish.
OFFERED = ("tate", "kiara", "devon", "marisol", "luz", "ines", "olive", "hana", "bram")


def sample_people(on: date | None = None) -> list[dict[str, str]]:
    """Name, role and address of each, with the role that they hold on `on` (today, UTC, if not given).

    Nobody before the series is loaded.
    """
    known = read("living")
    slug = known["slug"]
    listed = [*known["staff"], *known["coaches"], *(p for team in known["teams"] for p in team["people"])]
    emails = {row["key"]: Person.of(row).email for row in listed if row["key"] in OFFERED}
    users = User.objects.filter(email__in=emails.values(), is_sample=True, is_active=True).in_bulk(
        field_name="email"
    )
    roles: dict[int, str] = {}
    ids = [user.pk for user in users.values()]
    for held in SeriesRole.objects.on(on).filter(series__slug=slug, person__in=ids):
        roles[held.person_id] = str(Role(held.role).label)
    for coached in CoachAssignment.objects.on(on).filter(team__series__slug=slug, coach__in=ids):
        roles[coached.coach_id] = str(Role.COACH.label)
    members = Membership.objects.on(on).filter(team__series__slug=slug, person__in=ids).select_related("team")
    for member in members:
        label = str(Role(member.role).label)
        if member.is_under_18:
            label = _("%(role)s, under 18") % {"role": label}
        roles[member.person_id] = f"{label}, {member.team.name}"
    found = [users[emails[key]] for key in OFFERED if emails[key] in users]
    return [{"name": u.name, "role": roles[u.pk], "email": u.email} for u in found if u.pk in roles]
