"""A person's own choice of mail."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.people import person
from accounts.permissions import policy
from notices.forms import MailForm
from notices.services import choose_mail, wanted_kinds


@policy(see="person")
@require_http_methods(["GET", "POST"])
def my_mail(request: HttpRequest) -> HttpResponse:
    """Show and change which kinds of mail one gets."""
    user = person(request)
    # An empty POST is an answer, too: no mail.
    data = request.POST if request.method == "POST" else None
    form = MailForm(data, initial={"kinds": wanted_kinds(user)})
    if form.is_valid():
        choose_mail(user, form.cleaned_data["kinds"])
        messages.success(request, _("Saved."))
        return redirect("notices:mail")
    return render(request, "notices/mail.html", {"form": form}, status=422 if form.errors else 200)
