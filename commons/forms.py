"""Whether what a person or a team shows of itself is well formed."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from commons.models import Showing, TeamCard
from commons.showing import stories_for_card
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
