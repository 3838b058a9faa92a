"""Each rule of the house finds what it is for, and leaves alone what is meant."""

import importlib.util
from pathlib import Path

import pytest

SPEC = importlib.util.spec_from_file_location(
    "lint_house", Path(__file__).resolve().parents[2] / "scripts" / "lint_house.py"
)
lint_house = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(lint_house)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("teams/views.py", "team = Team.objects.get(pk=1)"),
        ("teams/views.py", "team = get_object_or_404(Team.objects)"),
        ("teams/views/people.py", "teams = Team.objects.filter(a=1).visible_to(user)"),
        ("teams/services.py", "html = mark_safe(text)"),
        ("teams/models.py", "html = SafeString(text)"),
        ("teams/templatetags/x.py", "html = safestring.mark_safe(text)"),
        ("jobs/services.py", "drain.delay()"),
        ("lbs/celery.py", "drain.apply_async(countdown=2)"),
        ("templates/a.html", "<script>go()</script>"),
        ("templates/a.html", "<style>p { color: red }</style>"),
        ("templates/a.html", '<p class="x"\n   style="color: red">'),
        ("templates/a.html", '<button onclick="go()">'),
        ("templates/a.html", '<img src="data:image/png;base64,AA">'),
        ("templates/a.html", "{{ text|safe }}"),
        ("templates/a.html", "{% autoescape off %}"),
        ("teams/models.py", "# TODO: later"),
        ("README.md", "FIXME"),
    ],
)
def test_a_breach_is_found(name, text):
    assert len(lint_house.check(name, text)) == 1


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("teams/views.py", "team = get_object_or_404(Team.objects.visible_to(request.user), slug=slug)"),
        ("desk/views.py", "mine = Membership.objects.held(user).exists()"),
        ("teams/services.py", "team = Team.objects.get(pk=1)"),
        ("core/text.py", "html = mark_safe(text)"),
        ("teams/models.py", "def mark() -> SafeString:\n    return SafeString('')"),
        ("templates/a.html", '<script type="module" src="/static/js/app.js"></script>'),
        ("templates/a.html", '<script type="application/json">{}</script>'),
        ("templates/a.html", '<circle r="4" class="on" data-on="1"/>'),
        ("templates/a.html", "{# <style> #}{% comment %}<script>{% endcomment %}"),
        ("templates/emails/daily/body.html", '<p style="color: red">'),
        ("docs/todo-lists.md", "A todo list is a list."),
    ],
)
def test_what_is_meant_passes(name, text):
    assert lint_house.check(name, text) == []


def test_a_finding_names_its_line():
    text = "{% comment %}\n\n{% endcomment %}\n<p>\n<style>"

    assert lint_house.check("templates/a.html", text) == [(5, "inline style sheet")]
