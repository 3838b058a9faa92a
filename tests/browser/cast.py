"""What the people of the journey bring with them: names, a place on earth where it is midday, a photo."""

import io
import random
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.checks import faults
from tests.browser.people import code_in
from tests.browser.stack import Stack, link_in

PASSWORD = "three rivers and a bridge"
ZONES = ("UTC", "America/New_York", "America/Los_Angeles", "Pacific/Auckland", "Asia/Tokyo", "Asia/Karachi")
MAKER = b"Camera of somebody"


@dataclass(frozen=True)
class Somebody:
    """A person of the journey."""

    name: str
    email: str


MARTA = Somebody("Marta Ruiz", "marta@example.org")  # runs the series
INES = Somebody("Inés Vega", "ines@example.org")  # leads a team, speaks Spanish
KIARA = Somebody("Kiara", "kiara@example.org")  # tells its stories, on a phone
DANA = Somebody("Dana Wolf", "dana@example.org")  # coaches both teams


def zone_at_midday() -> str:
    """A time zone in which it is about midday: eight o'clock is past, and the day does not end meanwhile."""

    def away(name: str) -> float:
        now = datetime.now(UTC).astimezone(ZoneInfo(name))
        return abs(now.hour + now.minute / 60 - 13)

    return min(ZONES, key=away)


def today_in(zone: str) -> date:
    return datetime.now(UTC).astimezone(ZoneInfo(zone)).date()


def weekday_before(day: date, days: int, weekday: int) -> date:
    """The last such weekday (Monday is 0) that is at least so many days before `day`."""
    latest = day - timedelta(days=days)
    return latest - timedelta(days=(latest.weekday() - weekday) % 7)


def photo(path: Path, *, width: int = 1600, height: int = 1200) -> Path:
    """A photo as a phone takes it: noise enough for some hundred kilobytes, and where it was taken."""
    noise = Image.effect_noise((width, height), 60).convert("RGB")
    exif = Image.Exif()
    exif[0x010F] = MAKER.decode()
    place = exif.get_ifd(0x8825)
    place |= {1: "N", 2: (44.0, 28.0, 33.0), 3: "W", 4: (73.0, 12.0, 45.0)}
    exif[0x8825] = place
    noise.save(path, "JPEG", quality=80, exif=exif)
    kept = path.read_bytes()
    assert MAKER in kept
    assert b"Exif" in kept
    return path


def metadata_of(picture: bytes) -> dict[object, object]:
    """What a picture still says beside its pixels."""
    with Image.open(io.BytesIO(picture)) as image:
        found: dict[object, object] = dict(image.getexif())
        kept = {"exif", "xmp", "XML:com.adobe.xmp", "icc_profile", "comment", "photoshop"}
        return found | {name: value for name, value in image.info.items() if name in kept}


def noise_bytes(count: int) -> bytes:
    """Bytes that nobody can press together, the same in every run."""
    return random.Random(1).randbytes(count)


def path_of(page: Page) -> str:
    return urlsplit(page.url).path


def accept_invitation(page: Page, stack: Stack, who: Somebody, *, looks: bool = False) -> None:
    """Read the mail, follow its link, make an account with the mailed code, and come back to accept.

    `looks`: each page on the way, which works once, is looked at for faults.
    """

    def look() -> None:
        size = page.viewport_size
        assert not looks or not faults(page)
        if size:
            page.set_viewport_size(size)

    letter = stack.wait_for_mail(who.email)
    page.goto(link_in(letter, "/invitations/"))
    look()
    page.locator("form button.btn--pencil").click()
    page.wait_for_url("**/signup/**")
    look()
    page.locator("input[name=email]").fill(who.email)
    page.locator("input[name=name]").fill(who.name)
    if (password := page.locator("input[name=password1]")).count():
        password.fill(PASSWORD)
    page.locator("form:has(input[name=email]) button.btn").first.click()
    page.locator("input[name=code]").wait_for()
    look()
    page.locator("input[name=code]").fill(code_in(stack, who.email, after=1))
    page.locator("form:has(input[name=code]) button.btn--pencil").click()
    page.wait_for_url("**/invitations/**")
    page.locator("form button.btn--pencil").click()
    page.wait_for_url(re.compile(r"/(series|me|coaching)/"))


def errors_on(page: Page, field: str) -> str:
    """What stands at a field as wrong with it."""
    control = page.locator(f"#id_{field}")
    expect(control).to_have_attribute("aria-invalid", "true")
    described = (control.get_attribute("aria-describedby") or "").split()
    return " ".join(page.locator(f"[id='{name}']").inner_text() for name in described)


def is_spanish(text: str) -> bool:
    """Whether a text of some length is Spanish: its small words are."""
    return len(re.findall(r"\b(?:de|el|la|los|que|para|tu|te|un|una|en|por|con)\b", text.lower())) >= 5
