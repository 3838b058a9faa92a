from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """Reports, their editions and exports."""

    name = "reports"

    def ready(self) -> None:
        from reports import links, permissions, services  # noqa: F401, PLC0415 - registers roles, links of the chain
        from storymaps.services import clearance_withdrawn  # noqa: PLC0415

        if services.leave_out not in clearance_withdrawn:
            clearance_withdrawn.append(services.leave_out)
