from django.apps import AppConfig


class CoachingConfig(AppConfig):
    """Calls for help and their answers, the coach's calls, cover and handover."""

    name = "coaching"
