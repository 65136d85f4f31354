"""Somebody may not do something, or cannot be told apart."""

from __future__ import annotations

from catalogue.errors.base import ClearinghouseError


class NotAllowed(ClearinghouseError):
    """Somebody may not do this."""


class NotSignedIn(NotAllowed):
    """It is not known who asks; somebody who signs in may be allowed to do this."""


class SignInFailed(ClearinghouseError):
    """An issuer of OpenID Connect does not answer, or what it says of somebody cannot be believed."""


class ForeignForm(NotAllowed):
    """A form that was not sent from our own page, or from one that is too old."""
