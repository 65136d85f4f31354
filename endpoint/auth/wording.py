"""Words for roles, for what they allow, and for what could not be done, in the reader's language."""

from __future__ import annotations

from typing import Final

from catalogue import errors
from catalogue.people import Action, Role
from endpoint.languages import N_, Language, words

ROLES: Final = {
    Role.VIEWER: N_("Viewer"),
    Role.NODE_MANAGER: N_("Node manager"),
    Role.APPROVER: N_("Approver"),
    Role.OPERATOR: N_("Operator"),
}
MEANING: Final = {
    Role.VIEWER: N_("sees everything"),
    Role.NODE_MANAGER: N_("sees and steers the sources of a node"),
    Role.APPROVER: N_("sees everything, decides registrations"),
    Role.OPERATOR: N_("may do everything"),
}
ACTIONS: Final = {
    Action.SEE: N_("See runs and problems"),
    Action.STEER: N_("Run, pause and change sources; answer questions"),
    Action.DECIDE: N_("Decide registrations"),
    Action.ADMINISTER: N_("Administer people, organisations and everything"),
}
_ERRORS: Final = {
    errors.PersonExists: N_("Somebody has this mail address already."),
    errors.LastOperator: N_("This is the last operator: give the role to somebody else first."),
    errors.OrganisationExists: N_("There is an organisation with this id already."),
    errors.NodeExists: N_("There is a node with this id already."),
    errors.StillInUse: N_("It has nodes or sources: take these away first."),
    errors.UnknownNode: N_("A node manager needs a node."),
    errors.UnknownSource: N_("There is no such source."),
    errors.SettingsError: N_(
        "This cannot be used. Names are one line; ids are small letters, digits and inner hyphens; countries are two capital letters; addresses are complete."
    ),
}


def failure(error: errors.ClearinghouseError, language: Language) -> str:
    """What could not be done; in English where we have no words of our own for it."""
    found = next((_ERRORS[kind] for kind in type(error).__mro__ if kind in _ERRORS), "")
    return words(language.tag).gettext(found) if found else str(error)
