"""Who comes to look after everything hears of alerts, and is told so plainly; he ends it with one click."""

from __future__ import annotations

from typing import Final

from catalogue.alerts import Pace, Rule, Subscription, Wish
from catalogue.mail import Mail
from catalogue.people import Person, Role
from endpoint.alerts import letters
from endpoint.alerts.hearing import utc_now
from endpoint.alerts.telling import key_of_person
from endpoint.alerts.wording import when
from endpoint.deps import Services
from endpoint.languages import ENGLISH, LANGUAGES

#: Whoever has one of these is to hear, if he chooses nothing else.
LOOKS_AFTER: Final = frozenset({Role.OPERATOR, Role.APPROVER})
#: Everything once a day; and what waits for a person, at once.
_WISHES: Final = (Wish(pace=Pace.DAILY), Wish(rules=frozenset({Rule.HELD})))


def begin_to_hear(services: Services, person: Person, *, by: str) -> bool:
    """Let somebody hear of everything who was given a role, and write to him that he does.

    False where that is not for him: his roles ask for nothing of the kind, or he hears already, or has before
    and ended it.
    """
    store, settings = services.store, services.settings
    if not person.roles & LOOKS_AFTER or store.subscriptions.has_heard(person.id):
        return False
    now, language = utc_now(), LANGUAGES.get(person.language, ENGLISH)
    stop = f"{settings.public_url}/alerts/off/{key_of_person(services, person)}"
    made = letters.welcome(
        when(_WISHES[0], settings.alert_digest_hour, language),
        letters.Addresses("", choose=f"{settings.public_url}/dashboard/account/alerts", stop=stop),
        signed=settings.repository_name,
        language=language,
    )
    mail = Mail(person.mail, made.subject, made.text, language.tag, unsubscribe=stop)
    with store.together():
        for wish in _WISHES:
            next_at = wish.next_moment(now, settings.alert_digest_hour)
            one = Subscription(0, wish, now, next_at, person_id=person.id, confirmed_at=now)
            store.subscriptions.add(one, by, now)
        store.outbox.put(mail, now, about=f"person:{person.id}")
    return True
