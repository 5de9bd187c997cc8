"""Settings of the person's side: the teacher, how the app looks, what it says."""

from functools import partial
from typing import Annotated, Literal

from core.config.section import Section, setting

teacher = partial(setting, page="teacher")
appearance = partial(setting, page="appearance")
notice = partial(setting, page="notifications")


class TeacherConfig(Section, frozen=True):
    provider: Annotated[
        Literal["none", "anthropic", "openai"],
        teacher("Provider", "Who the teacher is; openai is any endpoint that speaks its protocol."),
    ] = "none"
    model: Annotated[str, teacher("Model", "The teacher's model.")] = "claude-opus-4-6"
    base_url: Annotated[
        str,
        teacher(
            "Address",
            "Endpoint of an OpenAI-compatible teacher, or a proxy; empty is the provider's own.",
            kind="url",
        ),
    ] = ""
    escalate: Annotated[bool, teacher("Let the teacher help", "Hand answers that fail validation to the teacher.")] = (
        False
    )
    timeout_s: Annotated[float, teacher("Longest wait", "Longest wait for the teacher.", unit="s", gt=0, le=3600)] = 120


class DesktopConfig(Section, frozen=True):
    theme: Annotated[
        Literal["system", "light", "dark"],
        appearance("Theme", "Colours of the windows; system follows the desktop, live."),
    ] = "system"
    high_contrast: Annotated[
        Literal["system", "on", "off"],
        appearance("High contrast", "Strong colours and borders; system follows the desktop."),
    ] = "system"
    reduced_motion: Annotated[
        Literal["system", "on", "off"],
        appearance("Reduced motion", "Nothing on the screen is animated; system follows the desktop."),
    ] = "system"
    language: Annotated[
        Literal["system", "en", "de"],
        appearance("Language", "Language of the windows; the app takes it up when it is started again."),
    ] = "system"
    start_hidden: Annotated[
        bool, appearance("Start in the tray", "Show no window at the start where there is a tray.")
    ] = False
    close_to_tray: Annotated[
        bool,
        appearance("Keep running when closed", "Go on in the tray when the last window is closed."),
    ] = True


class NotificationsConfig(Section, frozen=True):
    enabled: Annotated[bool, notice("Notifications", "Let the desktop show notifications.")] = True
    quiet_from: Annotated[
        str, notice("Quiet from", "When notifications fall silent, as 22:00; empty: never.", kind="time")
    ] = "22:00"
    quiet_until: Annotated[
        str, notice("Quiet until", "When notifications may be heard again, as 08:00; empty: never silent.", kind="time")
    ] = "08:00"
    reviews: Annotated[bool, notice("Reviews", "Tell when something waits for your approval.")] = True
    errors: Annotated[bool, notice("Problems", "Tell when something went wrong.")] = True
