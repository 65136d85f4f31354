"""`clearinghouse source secret` and `db reseal`: secrets of sources, set and never shown.

What is secret comes from standard input, from an environment variable or from a file: what stands on the
command line, everybody on the machine can read.
"""

from __future__ import annotations

import getpass
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from catalogue.credentials import Secret, SecretKind
from catalogue.errors import SecretsLocked, SettingsError
from catalogue.sealing import Sealer, keep_keys, keys_of, new_key
from catalogue.settings import Settings
from catalogue.steering.sources import remove_secret, set_secret
from catalogue.store import Store
from clearinghouse.output import complaints, moment, print_table
from clearinghouse.session import opened, own_hand


def secret(  # noqa: PLR0913 - one for each option
    source_id: Annotated[str, typer.Argument(metavar="ID")],
    *,
    basic_user: Annotated[
        str, typer.Option(metavar="U", help="A user; the password comes from standard input.")
    ] = "",
    header: Annotated[
        str, typer.Option(metavar="NAME", help="A header; its value comes from standard input.")
    ] = "",
    client_certificate: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A certificate (PEM) that we show.")
    ] = None,
    client_key: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Its key (PEM); else in the same file.")
    ] = None,
    ca_file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Authorities (PEM) that sign its certificate.")
    ] = None,
    from_env: Annotated[
        str, typer.Option(metavar="VAR", help="Take the secret from this environment variable.")
    ] = "",
    until: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="The day on which it ends."),
    ] = None,
    remove: Annotated[SecretKind | None, typer.Option(help="Remove the secret of this kind.")] = None,
) -> None:
    """Set or remove a secret of a source; without an option, say which are set and since when."""
    chosen = [basic_user, header, client_certificate, ca_file, remove]
    if sum(map(bool, chosen)) > 1:
        raise SettingsError("one secret at a time")
    with opened() as (settings, store):
        store.sources.get(source_id)
        if remove is not None:
            count = remove_secret(own_hand(settings, store), source_id, remove)
            complaints.print(f"Removed: {count}.", markup=False)
        elif any(chosen):
            sealer = _sealer(settings, store, make=True)
            made = _made(basic_user, header, client_certificate, client_key, ca_file, from_env)
            ends_at = until.replace(tzinfo=UTC) if until else None
            set_secret(own_hand(settings, store), source_id, made, sealer, ends_at=ends_at)
            complaints.print(f"Set: {made.kind}.", markup=False)
        else:
            rows = [[row["kind"], moment(row["set_at"])] for row in secrets_json(store, source_id)]
            print_table(["secret", "set at"], rows)


def _made(  # noqa: PLR0917 - one for each option
    user: str, header: str, certificate: Path | None, key: Path | None, ca_file: Path | None, variable: str
) -> Secret:
    if user:
        return Secret.basic(user, read_secret(f"Password of {user}", variable))
    if header:
        return Secret.header(header, read_secret(f"Value of {header}", variable))
    if certificate is not None:
        content = _content(key or certificate)
        locked = b"ENCRYPTED" in content
        passphrase = read_secret("Passphrase of the key", variable) if locked else ""
        return Secret.certificate(_content(certificate), content, passphrase)
    return Secret.authority(_content(ca_file) if ca_file else b"")


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {(error.strerror or '').lower()}") from error


def read_secret(prompt: str, variable: str = "") -> str:
    """A secret from an environment variable, a terminal (unseen) or standard input.

    Raises:
        SettingsError: there is none.
    """
    if variable:
        found = os.environ.get(variable, "")
    elif sys.stdin.isatty():
        found = getpass.getpass(f"{prompt}: ")
    else:
        found = sys.stdin.read().rstrip("\r\n")
    if not found:
        raise SettingsError(f"no secret: {variable or 'standard input'} is empty")
    return found


def secrets_json(store: Store, source_id: str) -> list[dict[str, Any]]:
    """Which secrets a source has, and since when."""
    return [{"kind": kind, "set_at": at} for kind, at in store.secrets.since(source_id).items()]


def _sealer(settings: Settings, store: Store, *, make: bool = False) -> Sealer:
    return Sealer(keys_of(settings.secret_key.get_secret_value(), store.key_file, make=make))


def reseal(
    *,
    new: Annotated[
        bool, typer.Option("--new-key", help="Make a new key in the key file first, and drop the old ones.")
    ] = False,
) -> None:
    """Seal the secrets of all sources under the newest key."""
    with opened() as (settings, store):
        count = _reseal_anew(settings, store) if new else store.secrets.reseal(_sealer(settings, store))
    complaints.print(f"Sealed anew: {count}.", markup=False)


def _reseal_anew(settings: Settings, store: Store) -> int:
    """With a new key in the file; the old ones stay in it until every secret is sealed under the new one."""
    file = store.key_file
    if file is None or settings.secret_key.get_secret_value():
        raise SecretsLocked("the keys are in the setting secret_key: put a new one before the old one there")
    keys = [new_key(), *keys_of("", file)]
    keep_keys(file, keys)
    count = store.secrets.reseal(Sealer(keys))
    keep_keys(file, keys[:1])
    return count
