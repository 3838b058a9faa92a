from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    """Peer exchange rounds: posts, whom each team answers, answers, thanks."""

    name = "exchange"

    def ready(self) -> None:
        from accounts.drafts import kept_forms  # noqa: PLC0415
        from exchange import services  # noqa: PLC0415

        kept_forms["exchange:team-post"] = services.kept_post
        kept_forms["exchange:post"] = services.kept_answer
        # permissions registers roles and who reads the files of posts, links that stories grow out of posts
        from exchange import concerns, found, links, permissions  # noqa: F401, PLC0415
