"""Settings, read once from the environment. The only reader of `os.environ`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from data.errors import SettingsError

SHORTEST_TOKEN = 12
ROOT = Path(__file__).resolve().parent.parent
TIANDITU = "tianditu:"


def _setting(default: str, help_text: str) -> str:
    return field(default=default, metadata={"help": help_text})


@dataclass(frozen=True)
class Settings:
    """Every setting as text, named like its variable in lower case; the properties give the parsed values."""

    host: str = _setting("127.0.0.1", "Address the server listens on.")
    port: str = _setting("8050", "Port the server listens on.")
    database_url: str = _setting("", "SQLAlchemy URL; empty is an embedded SQLite file under VAR.")
    var: str = _setting("var", "Folder for the embedded database, secrets, logs and photographs.")
    city: str = _setting("data/cities/tongxiang", "City folder.")
    demo: str = _setting("1", "1 fills the database with the invented demo city and keeps it alive; 0 starts empty.")
    demo_seed: str = _setting("330483", "Seed of the demo city: the same seed and day is the same city.")
    demo_days: str = _setting("456", "Days of demo history, today included.")
    wechat_token: str = _setting("", "Token of the WeChat official account; empty closes its intake.")
    wechat_aes_key: str = _setting("", "EncodingAESKey of the official account, 43 characters, for encrypted mode.")
    remote_token: str = _setting(
        "", "What a remote must say before it may direct a wall, 12 characters or more; empty allows this machine alone."
    )
    wechat_app_id: str = _setting("", "AppId of the official account, checked in encrypted messages; needed for answers.")
    wechat_app_secret: str = _setting(
        "", "AppSecret of the official account; without it and the AppId no answer leaves and no photograph comes."
    )
    wechat_api: str = _setting("https://api.weixin.qq.com", "Where answers to reporters are sent, and photographs fetched.")
    photographs: str = _setting(
        "0", "1 fetches the photographs of reports from WeChat, keeps them under VAR and shows them; 0 only counts them."
    )
    secret_key: str = _setting("", "Key for hashing reporters; empty makes one under VAR at the first start.")
    clock: str = _setting("", "ISO 8601 instant at which the clock starts, for rehearsals; empty is the real time.")
    embedded_worker: str = _setting("1", "1 files intake messages inside the web process; 0 leaves that to `etl.run serve`.")

    basemap: str = _setting(
        "", "Tiles under the borders: empty, a .mbtiles or .pmtiles file of raster tiles, or `tianditu:` and a server key."
    )
    basemap_url: str = _setting(
        "https://t0.tianditu.gov.cn", "Where the tiles of Tianditu come from; a proxy of your own, perhaps."
    )

    @property
    def port_number(self) -> int:
        return _whole("PORT", self.port, low=1, high=65535)

    @property
    def demo_days_count(self) -> int:
        return _whole("DEMO_DAYS", self.demo_days, low=1, high=3660)

    @property
    def demo_seed_number(self) -> int:
        return _whole("DEMO_SEED", self.demo_seed, low=0, high=2**32 - 1)

    @property
    def is_demo(self) -> bool:
        return _switch("DEMO", self.demo)

    @property
    def has_embedded_worker(self) -> bool:
        return _switch("EMBEDDED_WORKER", self.embedded_worker)

    @property
    def remote_secret(self) -> str:
        if self.remote_token and (len(self.remote_token) < SHORTEST_TOKEN or not self.remote_token.isascii()):
            raise _bad("REMOTE_TOKEN", "***", f"{SHORTEST_TOKEN} or more plain characters, or nothing")
        return self.remote_token

    @property
    def can_answer(self) -> bool:
        """Whether answers may leave this machine."""
        return bool(self.wechat_app_id and self.wechat_app_secret)

    @property
    def shows_photographs(self) -> bool:
        return _switch("PHOTOGRAPHS", self.photographs)

    @property
    def photographs_folder(self) -> Path:
        return self.var_folder / "photographs"

    @property
    def wechat_api_url(self) -> str:
        """Without a slash at its end. In the clear only to this machine itself, for the secret goes there."""
        parsed = urlsplit(self.wechat_api)
        if parsed.scheme != "https" and (parsed.scheme != "http" or parsed.hostname not in ("127.0.0.1", "localhost", "::1")):
            raise _bad("WECHAT_API", self.wechat_api, "an https address, or http on this machine")
        return self.wechat_api.rstrip("/")

    @property
    def var_folder(self) -> Path:
        return _from_root(self.var)

    @property
    def city_folder(self) -> Path:
        return _from_root(self.city)

    @property
    def basemap_file(self) -> Path | None:
        """The file of tiles, where the base map is one."""
        return None if not self.basemap or self.basemap.startswith(TIANDITU) else _from_root(self.basemap)

    @property
    def basemap_key(self) -> str:
        """The key for Tianditu, or nothing."""
        if not self.basemap.startswith(TIANDITU):
            return ""
        key = self.basemap.removeprefix(TIANDITU)
        if not key.isascii() or not key.isalnum():
            # The key itself is not repeated: errors are logged.
            raise _bad("BASEMAP", TIANDITU + "…", "tianditu: and a key of letters and digits")
        if not self.basemap_url.startswith(("http://", "https://")):
            raise _bad("BASEMAP_URL", self.basemap_url, "an address that begins with http:// or https://")
        return key

    @property
    def url(self) -> str:
        return self.database_url or f"sqlite:///{self.var_folder / 'shouwang.sqlite'}"

    @property
    def clock_start(self) -> datetime | None:
        if not self.clock:
            return None
        try:
            instant = datetime.fromisoformat(self.clock)
        except ValueError as error:
            raise _bad("CLOCK", self.clock, "an ISO 8601 instant such as 2016-03-15T09:28:00+08:00") from error
        if instant.tzinfo is None:
            raise _bad("CLOCK", self.clock, "an instant with its offset, such as +08:00")
        return instant


def read(environment: Mapping[str, str] | None = None) -> Settings:
    """Settings from the environment. Raises `SettingsError` at once for any value that cannot be used."""
    source = os.environ if environment is None else environment
    given = {each.name: source[each.name.upper()].strip() for each in fields(Settings) if each.name.upper() in source}
    settings = Settings(**given)
    for name in (
        "port_number",
        "demo_days_count",
        "demo_seed_number",
        "is_demo",
        "has_embedded_worker",
        "clock_start",
        "remote_secret",
        "basemap_key",
        "wechat_api_url",
        "shows_photographs",
    ):
        getattr(settings, name)
    return settings


def table() -> list[tuple[str, str, str]]:
    """Rows (variable, default, sentence) for the README."""
    return [(each.name.upper(), str(each.default), each.metadata["help"]) for each in fields(Settings)]


def _from_root(path: str) -> Path:
    return Path(path) if Path(path).is_absolute() else ROOT / path


def _bad(variable: str, value: str, accepted: str) -> SettingsError:
    return SettingsError(
        f"{variable}={value!r} cannot be used.", remedy=f"Accepted: {accepted}.", variable=variable, value=value, accepted=accepted
    )


def _whole(variable: str, value: str, *, low: int, high: int) -> int:
    if not value.isascii() or not value.isdigit() or not low <= int(value) <= high:
        raise _bad(variable, value, f"a whole number from {low} to {high}")
    return int(value)


def _switch(variable: str, value: str) -> bool:
    if value not in ("0", "1"):
        raise _bad(variable, value, "0 or 1")
    return value == "1"
