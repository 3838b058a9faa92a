"""What every form of ours shares."""

import uuid

from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.forms.renderers import TemplatesSetting
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

USED_BEFORE = _("This form was used before. Open it again and save once more.")


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


def put_errors(form: BaseForm, error: ValidationError) -> None:
    """Show what a service refused at its field, or above the form where the form has no such field."""
    by_field = error.error_dict if hasattr(error, "error_dict") else {"": error.error_list}
    for name, errors in by_field.items():
        form.add_error(name if name in form.fields else None, errors)
