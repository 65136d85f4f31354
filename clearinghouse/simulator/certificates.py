"""A certificate for loopback, by an authority that nobody knows: made anew for each simulator."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

#: What the authority is kept as, for whoever is to believe it; and the server's certificate with its key.
AUTHORITY: Final = "authority.pem"
SERVER: Final = "server.pem"


def issue(folder: Path, *, days: int = 30) -> Path:
    """Make an authority and a certificate by it in a folder; returns the server's file.

    Args:
        folder: where both are written.
        days: for which the certificate is good; less than 0: it has ended so many days ago.
    """
    folder.mkdir(parents=True, exist_ok=True)
    authority_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    authority = _signed("Simulated authority", authority_key, None, (authority_key, None), days=3650)
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1")), x509.DNSName("localhost")])
    certificate = _signed("localhost", key, names, (authority_key, authority), days=days)
    (folder / AUTHORITY).write_bytes(authority.public_bytes(serialization.Encoding.PEM))
    written = folder / SERVER
    written.touch(mode=0o600)
    written.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return written


def _signed(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    names: x509.SubjectAlternativeName | None,
    by: tuple[ec.EllipticCurvePrivateKey, x509.Certificate | None],
    *,
    days: int,
) -> x509.Certificate:
    """A certificate; without names an authority that has signed itself."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    signer, issuer = by
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=400))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=names is None, path_length=None), critical=True)
    )
    if names is not None:
        builder = builder.add_extension(names, critical=False)
    return builder.sign(signer, hashes.SHA256())
