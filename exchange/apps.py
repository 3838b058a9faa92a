from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    """Peer exchange rounds: posts, whom each team answers, answers, thanks."""

    name = "exchange"
