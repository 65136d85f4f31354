"""`clearinghouse alerts`: what is amiss with the sources, and who hears of it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

import typer

from catalogue.alerts import Alert, Channel, Pace, Rule, Subscription, Wish
from catalogue.digest_clock import Clock, Weekday
from catalogue.errors import SettingsError
from clearinghouse.output import complaints, console, moment, print_json, print_table
from clearinghouse.session import opened, somebody
from harvester.slices import utc_now

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Number = Annotated[int, typer.Argument(metavar="N")]
Days = Annotated[float, typer.Option(help="For how long.")]


def add_commands(app: typer.Typer) -> None:
    """Add `clearinghouse alerts` and what is below it."""
    app.callback()(alerts)
    app.command("look")(look)
    app.command("snooze")(snooze)
    app.command("wake")(wake)
    app.command("who")(who)
    app.command("hear")(hear)
    app.command("mute")(mute)
    app.command("try")(try_out)
    app.command("stop")(stop)


def alerts(
    context: typer.Context,
    *,
    over: Annotated[bool, typer.Option("--over", help="Those that are over, too.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many.")] = 100,
    as_json: Json = False,
) -> None:
    """What is amiss."""
    if context.invoked_subcommand is not None:
        return
    with opened() as (_, store):
        found = store.alerts.newest(limit=limit) if over else store.alerts.open()[:limit]
    _print(found, as_json=as_json)


def _print(found: list[Alert], *, as_json: bool) -> None:
    from endpoint.alerts.wording import sentence
    from endpoint.languages import ENGLISH

    if as_json:
        print_json([asdict(one) for one in found])
        return
    print_table(
        ["id", "source", "rule", "state", "since", "until", "what"],
        [
            [
                str(one.id),
                one.source_id,
                one.rule,
                one.state,
                moment(one.opened_at),
                moment(one.closed_at or one.snoozed_until),
                sentence(one, ENGLISH),
            ]
            for one in found
        ],
    )


def look(*, as_json: Json = False) -> None:
    """Look at all sources now, and put into the post what is to be told; the workers do so by themselves."""
    from endpoint.alerts.telling import Teller
    from endpoint.alerts.tokens import TokenTeller
    from endpoint.deps import Services
    from harvester.lookout import Lookout

    with opened() as (settings, store):
        changed = Lookout(store, settings).look()
        known = Services(settings, store)
        told = Teller(known).look() + TokenTeller(known).look()
    _print(changed, as_json=as_json)
    complaints.print(f"Began or ended: {len(changed)}. Told: {told}.", markup=False)


def snooze(
    alert: Number, *, days: Days = 7, why: Annotated[str, typer.Option(help="For those who ask.")] = ""
) -> None:
    """Tell nobody of an alert for a while."""
    _snooze(alert, days, why)


def wake(alert: Number) -> None:
    """Tell of an alert again."""
    _snooze(alert, 0, "")


def _snooze(alert: int, days: float, why: str) -> None:
    from endpoint.alerts import hearing
    from endpoint.deps import Services

    with opened() as (settings, store):
        hearing.snooze(Services(settings, store), alert, days, by=somebody(), why=why)


def who(*, as_json: Json = False) -> None:
    """Who hears of what, how and when."""
    with opened() as (_, store):
        found = store.subscriptions.all()
        people = {person.id: person.mail for person in store.people.all()}
    if as_json:
        print_json([_json(one, people) for one in found])
        return
    print_table(
        ["id", "whose", "node", "by", "address", "when", "of what", "quiet until"],
        [
            [
                str(one.id),
                people.get(one.person_id or 0, ""),
                one.node_id,
                one.wish.channel,
                _address(one, people) + ("" if one.confirmed_at else " (not confirmed)"),
                _when(one.wish),
                " ".join(sorted(one.wish.rules)) or "everything",
                moment(one.muted_until),
            ]
            for one in found
        ],
    )


def _when(wish: Wish) -> str:
    if wish.pace is Pace.AT_ONCE:
        return wish.pace
    day = f" {wish.clock.weekday}" if wish.pace is Pace.WEEKLY else ""
    hour = "" if wish.clock.hour is None else f" {wish.clock.hour}:00"
    return f"{wish.pace}{day}{hour} {wish.clock.time_zone}".rstrip()


def _address(one: Subscription, people: dict[int, str]) -> str:
    return one.wish.shown or people.get(one.person_id or 0, "")


def _json(one: Subscription, people: dict[int, str]) -> dict[str, Any]:
    told = asdict(one) | {"wish": asdict(one.wish) | {"rules": sorted(one.wish.rules)}}
    told["wish"]["address"] = _address(one, people)
    return told


def hear(  # noqa: PLR0913 - one for each option
    *,
    person: Annotated[str, typer.Option(metavar="MAIL", help="Who hears, of all that he may see.")] = "",
    node: Annotated[str, typer.Option(help="The node that it is about; without --person, whose it is.")] = "",
    to: Annotated[str, typer.Option(metavar="MAIL", help="The address, where it is a node's.")] = "",
    webhook: Annotated[str, typer.Option(metavar="URL", help="By a webhook, and not by mail.")] = "",
    rule: Annotated[list[Rule] | None, typer.Option(help="Of what; all, where none is named.")] = None,
    pace: Annotated[Pace, typer.Option(help="When.")] = Pace.AT_ONCE,
    hour: Annotated[int | None, typer.Option(min=0, max=23, help="Of digests; else the usual one.")] = None,
    weekday: Annotated[Weekday, typer.Option(help="Of weekly ones.")] = Weekday.MONDAY,
    time_zone: Annotated[str, typer.Option(help="Whose clock: Africa/Nairobi; else UTC.")] = "",
    language: Annotated[str, typer.Option(help="ar, en, es, fr, ru or zh.")] = "en",
) -> None:
    """Let a person hear of alerts, or a mail address or a webhook of a node."""
    from endpoint.alerts import hearing
    from endpoint.deps import Services

    if not person and not node:
        raise SettingsError("who is to hear: --person, or --node with --to or --webhook")
    channel = Channel.WEBHOOK if webhook else Channel.MAIL
    clock = Clock.of(hour, weekday, time_zone)
    with opened() as (settings, store):
        made, secret = hearing.subscribe(
            Services(settings, store),
            Wish(channel, webhook or to, frozenset(rule or ()), pace, language, clock),
            by=somebody(),
            person=store.people.by_mail(person) if person else None,
            node_id=node,
        )
    complaints.print(f"Subscription {made.id}.", markup=False)
    if made.confirmed_at is None:
        complaints.print("A letter asks there whether it is wished.", markup=False)
    if secret:
        complaints.print("What it is sent is signed with this, which is shown once:", markup=False)
        console.print(secret, markup=False, highlight=False, soft_wrap=True)


def mute(subscription: Number, *, days: Days = 7) -> None:
    """Tell nothing there for a while; with `--days 0`, tell again."""
    from endpoint.alerts import hearing
    from endpoint.deps import Services

    with opened() as (settings, store):
        one = store.subscriptions.get(subscription)
        hearing.mute(Services(settings, store), one, days, by=somebody())


def try_out(subscription: Number) -> None:
    """Send something there that tells of no alert: the workers deliver it."""
    from endpoint.alerts import hearing
    from endpoint.deps import Services

    with opened() as (settings, store):
        sent = hearing.try_out(Services(settings, store), store.subscriptions.get(subscription))
    complaints.print("It is in the post." if sent else "One was sent just before.", markup=False)


def stop(subscription: Number) -> None:
    """Tell nothing there any more."""
    with opened() as (_, store):
        store.subscriptions.remove(subscription, somebody(), utc_now())
