"""What every form of ours shares."""

import uuid

from django.forms.renderers import TemplatesSetting
from django.http import HttpRequest


class Renderer(TemplatesSetting):
    """Draws forms with the templates under `templates/django/forms/`."""

    field_template_name = "django/forms/field.html"


def submission_id(request: HttpRequest) -> uuid.UUID:
    """The id of what is being sent: from the POST, else a new one for a blank form.

    A missing or malformed id in a POST counts as a new submission. It is no form field: the view puts
    it on the record, whose unique column makes a double tap one record.
    """
    try:
        return uuid.UUID(request.POST.get("submission_id", ""))
    except ValueError:
        return uuid.uuid4()
