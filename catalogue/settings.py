"""Settings: defaults < TOML file < environment. Read once, passed in, never imported as state."""

from __future__ import annotations

import os
from email.utils import parseaddr
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Any, Final, Self
from urllib.parse import urlsplit

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from catalogue.errors import SettingsError
from catalogue.formats import FORMATS, ON_DEMAND

#: Where config/ and migrations/ are: beside the packages.
ROOT = Path(__file__).resolve().parent.parent
CONFIG = ROOT / "config"
#: Where plain http harms nobody.
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_SHORTEST_TOKEN: Final = 16


class MetricsFor(StrEnum):
    """Who may see /metrics."""

    LOOPBACK = "loopback"
    #: Whoever shows `metrics_token`.
    TOKEN = "token"  # noqa: S105 - the word itself
    NOBODY = "nobody"


class MailWay(StrEnum):
    """How letters leave us."""

    SMTP = "smtp"
    #: As .eml files.
    FOLDER = "folder"
    LOG = "log"


class MailSecurity(StrEnum):
    """How the connection to the mail server is secured."""

    #: Begun in the open and secured before anything is said (RFC 3207).
    STARTTLS = "starttls"
    #: From the first byte on (RFC 8314).
    TLS = "tls"
    NONE = "none"


class Issuer(BaseModel):
    """An issuer of OpenID Connect at which people may sign in."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    #: In addresses of ours, and what sessions are said to be by.
    name: str = Field(pattern=r"^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$")
    #: What people call it.
    label: str = ""
    #: Its address, as it says it itself.
    issuer: str
    client_id: str = Field(min_length=1)
    client_secret: SecretStr = SecretStr("")

    @field_validator("issuer")
    @classmethod
    def _check_issuer(cls, value: str) -> str:
        parts = urlsplit(value)
        safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
        if not safe or not parts.hostname or parts.query or parts.fragment:
            raise ValueError("must be an https address without query")
        return value


class Settings(BaseSettings):
    """Every setting, with its type; the defaults stand in config/default.toml alone."""

    model_config = SettingsConfigDict(env_prefix="CLEARINGHOUSE_", frozen=True, extra="ignore")

    database_url: str
    host: str
    port: int = Field(ge=1, le=65535)
    base_url: str
    repository_name: str
    admin_email: str
    repository_identifier: str = Field(pattern=r"^[a-zA-Z][a-zA-Z0-9-]*(\.[a-zA-Z][a-zA-Z0-9-]*)+$")
    allowed_networks: Annotated[tuple[str, ...], NoDecode]
    user_agent: str
    connect_timeout: float = Field(gt=0)
    read_timeout: float = Field(gt=0)
    answer_deadline: float = Field(gt=0)
    answer_limit: int = Field(gt=0)
    host_pause: float = Field(ge=0)
    proxy: SecretStr
    secret_key: SecretStr
    proxy_resolves: bool
    requests_kept: int = Field(ge=1, le=1000)
    requests_days: float = Field(gt=0)
    faults_days: float = Field(gt=0)
    log_days: float = Field(gt=0)
    uploads: str
    upload_limit: int = Field(gt=0)
    page_retries: int = Field(ge=0)
    run_retries: int = Field(ge=0)
    content_policy: str
    metadata_policy: str
    data_policy: str
    submission_policy: str
    sets_file: str
    reconcile_days: float = Field(ge=0)
    absence_lists: int = Field(ge=1)
    absence_days: float = Field(ge=0)
    guard_few: int = Field(ge=0)
    guard_deletions_share: float = Field(ge=0)
    guard_deletions_most: int = Field(ge=0)
    guard_window_share: float = Field(ge=0)
    guard_window_days: float = Field(ge=0)
    guard_losses_share: float = Field(ge=0)
    guard_faults_share: float = Field(ge=0)
    decision_days: float = Field(gt=0)
    history_days: float = Field(gt=0)
    oai_page_size: int = Field(ge=1, le=1000)
    kept_formats: Annotated[tuple[str, ...], NoDecode]
    csw_max_records: int = Field(ge=1, le=10000)
    csw_inspire: bool
    token_hours: float = Field(gt=0)
    schedule_jitter: float = Field(ge=0, le=86400)
    session_idle_hours: float = Field(gt=0)
    session_days: float = Field(gt=0)
    link_hours: float = Field(gt=0)
    issuers: tuple[Issuer, ...]
    ping_minutes: float = Field(ge=0)
    requests_at_once: int = Field(ge=1)
    requests_per_minute: int = Field(ge=0)
    trusted_proxies: Annotated[tuple[str, ...], NoDecode]
    check_requests: int = Field(ge=10, le=1000)
    check_bytes: int = Field(gt=0)
    check_seconds: float = Field(gt=0, le=1800)
    check_days: float = Field(gt=0)
    checks_per_client: int = Field(ge=0)
    checks_per_host: int = Field(ge=1)
    registrations_per_client: int = Field(ge=0)
    registration_days: float = Field(gt=0)
    trial_records: int = Field(ge=1, le=5000)
    second_approver: bool
    dump_folder: str = Field(min_length=1)
    dump_formats: Annotated[tuple[str, ...], NoDecode]
    dump_schedule: str
    dump_full_days: float = Field(gt=0)
    dump_keep: int = Field(ge=1)
    alert_missed_minutes: float = Field(ge=15)
    alert_faults_share: float = Field(ge=0, le=1)
    alert_shrink_share: float = Field(ge=0, le=1)
    alert_shrink_days: float = Field(gt=0)
    alert_slow_factor: float = Field(gt=1)
    alert_end_days: float = Field(ge=0)
    alert_silent_days: float = Field(gt=0)
    alert_remind_days: float = Field(gt=0)
    alert_digest_hour: int = Field(ge=0, le=23)
    mail_delivery: MailWay
    mail_folder: str = Field(min_length=1)
    mail_host: str
    mail_port: int = Field(ge=1, le=65535)
    mail_security: MailSecurity
    mail_user: str
    mail_password: SecretStr
    mail_authority: str
    mail_sender: str
    mail_days: float = Field(gt=0)
    digests: bool
    workers: int = Field(ge=1)
    slice_seconds: float = Field(gt=0)
    dead_after: float = Field(gt=0)
    crash_limit: int = Field(ge=1)
    resume_days: float = Field(gt=0)
    metrics: MetricsFor
    metrics_token: SecretStr
    ready_workers: int = Field(ge=0)
    log_level: str
    log_json: bool

    @field_validator("allowed_networks", "dump_formats", "kept_formats", "trusted_proxies", mode="before")
    @classmethod
    def _split_list(cls, value: Any) -> Any:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("allowed_networks", "trusted_proxies")
    @classmethod
    def _check_networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for network in value:
            ip_network(network, strict=False)
        return value

    @field_validator("dump_formats")
    @classmethod
    def _check_dump_formats(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        known = {form.prefix for form in FORMATS if form.written} | {"json"}
        for name in value:
            if name not in known:
                raise ValueError(f"{name!r} is none of {', '.join(sorted(known))}")
        return value

    @field_validator("kept_formats")
    @classmethod
    def _check_kept_formats(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        known = [form.prefix for form in ON_DEMAND]
        for name in value:
            if name not in known:
                raise ValueError(f"{name!r} is none of {', '.join(known)}")
        return value

    @field_validator("issuers")
    @classmethod
    def _check_issuers(cls, value: tuple[Issuer, ...]) -> tuple[Issuer, ...]:
        if len({one.name for one in value}) < len(value):
            raise ValueError("two issuers have the same name")
        return value

    @field_validator("base_url")
    @classmethod
    def _check_base_url(cls, value: str) -> str:
        if value and (urlsplit(value).scheme not in {"http", "https"} or not urlsplit(value).hostname):
            raise ValueError("must be an http or https address")
        return value.rstrip("/")

    @field_validator("mail_sender")
    @classmethod
    def _check_mail_sender(cls, value: str) -> str:
        if value and "@" not in parseaddr(value)[1]:
            raise ValueError("must be an address, or: Name <address>")
        return value

    @model_validator(mode="after")
    def _check_metrics(self) -> Self:
        token = self.metrics_token.get_secret_value()
        if self.metrics is MetricsFor.TOKEN and len(token) < _SHORTEST_TOKEN:
            raise ValueError(f"metrics is token: metrics_token needs {_SHORTEST_TOKEN} characters at least")
        return self

    @model_validator(mode="after")
    def _check_mail(self) -> Self:
        if self.mail_delivery is MailWay.SMTP and not self.mail_host:
            raise ValueError("mail_delivery is smtp: mail_host must name the mail server")
        if self.mail_security is MailSecurity.NONE and self.mail_user:
            raise ValueError("mail_security is none: mail_password would be sent in the open")
        if not (self.mail_user + self.mail_password.get_secret_value()).isascii():
            raise ValueError("mail_user and mail_password have to be ASCII: SMTP knows nothing else")
        return self

    @property
    def public_url(self) -> str:
        """The address under which others see us, without a slash at its end."""
        return self.base_url or f"http://{self.host}:{self.port}"

    @property
    def sets_path(self) -> Path:
        """The file that describes the sets of the feed."""
        return Path(self.sets_file) if self.sets_file else CONFIG / "sets.toml"

    @property
    def networks(self) -> tuple[IPv4Network | IPv6Network, ...]:
        """`allowed_networks`, parsed."""
        return tuple(ip_network(network, strict=False) for network in self.allowed_networks)

    @classmethod
    def settings_customise_sources(  # noqa: PLR0917 - the signature is pydantic's
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - as above
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - as above
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments over environment over the user's file over config/default.toml."""
        files = [CONFIG / "default.toml"]
        own = os.environ.get("CLEARINGHOUSE_CONFIG", "")
        if own or Path("clearinghouse.toml").is_file():
            files.append(Path(own or "clearinghouse.toml"))
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, toml_file=files)


def load_settings(**overrides: Any) -> Settings:
    """Read the settings; `overrides` win over everything.

    Raises:
        SettingsError: naming each setting that is missing or wrong.
    """
    own = os.environ.get("CLEARINGHOUSE_CONFIG", "")
    if own and not Path(own).is_file():
        raise SettingsError(f"CLEARINGHOUSE_CONFIG names {own}, which is not a file")
    try:
        return Settings(**overrides)
    except ValidationError as error:
        found = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise SettingsError(f"settings: {found}") from error
