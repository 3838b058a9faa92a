"""Roles on reports are the roles in the series."""

from accounts.permissions import register_roles
from reports.models import Block, Edition, Report
from series.permissions import roles_in_series

register_roles(Report, lambda user, report: roles_in_series(user, report.series))
register_roles(Block, lambda user, block: roles_in_series(user, block.report.series))
register_roles(Edition, lambda user, edition: roles_in_series(user, edition.series))
