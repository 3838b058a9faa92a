"""The rounds of the sample series are as outlined, and keep the rule."""

from collections import Counter
from datetime import date

import pytest

from core import clock
from desk.samples import living_stories, pilot, pilot_stories
from exchange import services
from exchange.models import Answer, Assignment, Post, Thanks

pytestmark = pytest.mark.django_db


def test_pilot_exchanged_in_april_2014_with_seven_posts_and_fourteen_answers():
    series = pilot_stories.load(pilot.facts(), at=clock.now())
    round_ = series.rounds.get()

    assert (round_.closes_on.year, round_.closes_on.month, round_.period.number) == (2014, 4, 1)
    assert (Post.objects.count(), Answer.objects.count()) == (7, 14)
    assert set(Counter(Answer.objects.values_list("post", flat=True)).values()) == {2}
    assert Post.objects.filter(text__startswith="No line to send a film", file=None).count() == 1
    for model in (Post, Assignment, Answer, Thanks):
        assert not model.objects.filter(is_sample=False).exists()
    assert round_.is_sample


def test_living_series_is_amid_its_answers_and_repeats_nobody():
    at = clock.now()
    series = living_stories.load(on=date(2026, 11, 25), at=at)
    second, first = series.rounds.all()

    def pairs(round_):
        return set(Assignment.objects.filter(post__round=round_).values_list("team", "post__team"))

    assert (len(pairs(first)), len(pairs(second))) == (14, 12)
    assert not pairs(first) & pairs(second)
    assert second.state_on(date(2026, 11, 25)) == "answering"
    assert services.deal_round(second, by=None, at=at) == set()
    assert 0 < Answer.objects.filter(post__round=second).count() < 12
