"""Whether what a person or a team shows of itself, or tells of a connection, is well formed."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from commons.connections import REACH, RINGS
from commons.models import Connection, Showing, TeamCard
from commons.showing import stories_for_card
from core.widgets import Cards, Segments
from storymaps.forms import DayInput
from storymaps.models import StoryEntry
from teams.models import Team

MOST_STORIES = 60  # to choose from, the newest


class ShowingForm(forms.ModelForm):
    """What the directory says of a person, by their own choice."""

    class Meta:
        model = Showing
        fields = ("shows_role", "shows_team", "line", "helps_with", "languages")
        widgets = {"helps_with": forms.Textarea({"rows": 2, "class": "area--short"})}
        help_texts = {
            "line": _("What do you do when you are not here?"),
            "helps_with": _("Asking a board for a seat, cutting sound, reading a budget …"),
            "languages": _("Separated by commas."),
        }


class TeamCardForm(forms.ModelForm):
    """What the lookbook says of a team, by its lead's choice."""

    class Meta:
        model = TeamCard
        fields = ("shows_aim", "offers", "story", "shows_photo")
        widgets = {"offers": forms.Textarea({"rows": 2, "class": "area--short"})}
        help_texts = {
            "offers": _("A visit, an hour of listening, a recipe that works …"),
            "story": _("Only stories that your team shares with the series."),
            "shows_photo": _("Only where the story names and shows nobody."),
        }

    def __init__(self, *args: Any, team: Team, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        newest = stories_for_card(team, user).values_list("pk", flat=True)[:MOST_STORIES]
        kept = [self.instance.story_id] if self.instance.story_id else []
        shared = stories_for_card(team, user).filter(pk__in=[*newest, *kept])
        fields["story"].queryset = shared
        fields["story"].empty_label = _("no story")


class ConnectionForm(forms.ModelForm):
    """A connection: who, with whom, what was exchanged, how far it reached."""

    class Meta:
        model = Connection
        fields = (
            "from_whom", "to_whom", "to_kind", "exchanged", "sphere", "on", "result", "story", "language",
            "visibility",
        )  # fmt: skip
        widgets = {
            "exchanged": forms.Textarea({"rows": 2, "class": "area--short"}),
            "result": forms.Textarea({"rows": 2, "class": "area--short"}),
            "on": DayInput(),
            "visibility": Segments(),
        }
        help_texts = {
            "from_whom": _("For example: two storytellers."),
            "to_whom": _("For example: the clerk of the school board."),
            "exchanged": _("A letter, a visit, a number, a promise …"),
        }

    sphere = forms.ChoiceField(
        label=_("Across what did it reach?"),
        choices=[(ring.value, ring.label) for ring in RINGS],
        widget=Cards(grid=3, notes={ring.value: REACH[ring] for ring in RINGS}),
    )

    def __init__(self, *args: Any, team: Team, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        mine = StoryEntry.objects.visible_to(user).filter(team=team, is_intended=False)
        newest = list(mine.order_by("-logged_at", "-pk").values_list("pk", flat=True)[:MOST_STORIES])
        chosen = [self.instance.story_id, self.initial.get("story")]
        fields["story"].queryset = mine.filter(pk__in=[*newest, *(pk for pk in chosen if pk)])
        fields["story"].empty_label = _("no story")
        if not self.instance.pk:
            self.initial["language"] = user.language
