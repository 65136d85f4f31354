"""`clearinghouse questions`, `question show` and `answer`: what guards ask, and what is decided."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

import typer

from catalogue.question import Answer, Question
from catalogue.steering import acts
from catalogue.steering.hand import Hand
from catalogue.store import Store
from clearinghouse.harvests import work_on
from clearinghouse.output import (
    complaints,
    console,
    moment,
    print_json,
    print_table,
    run_json,
    state_in_words,
    tally_in_words,
)
from clearinghouse.session import opened, somebody

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Number = Annotated[int, typer.Argument(metavar="N")]


def questions(
    *,
    source: Annotated[str, typer.Option(help="About one source only.")] = "",
    every: Annotated[bool, typer.Option("--all", help="Closed ones too.")] = False,
    as_json: Json = False,
) -> None:
    """What guards ask: the runs that they hold wait for an answer."""
    with opened() as (_, store):
        found = store.questions.newest(source_id=source, open_only=not every)
        told = [_json(store, question) for question in found]
    if as_json:
        print_json(told)
        return
    print_table(
        ["question", "source", "run", "asked", "how it stands", "what is asked"],
        [
            [str(q.id), q.source_id, str(q.run_id), moment(q.asked_at), q.state, one["question"]]
            for q, one in zip(found, told, strict=True)
        ],
    )


def show(number: Number, *, as_json: Json = False) -> None:
    """One question: the facts, examples, and what has been decided."""
    with opened() as (_, store):
        question = store.questions.get(number)
        told = _json(store, question)
    if as_json:
        print_json(told)
        return
    console.print(told["question"], markup=False, highlight=False, soft_wrap=True)
    console.print(
        f"  about run {question.run_id} of {question.source_id}, asked {moment(question.asked_at)} (UTC):"
        f" {question.state}",
        markup=False,
        highlight=False,
    )
    for example in question.facts.get("examples", ()):
        console.print(f"  {example}", markup=False, highlight=False, soft_wrap=True)
    if question.decisions:
        print_table(
            ["decided", "by", "answer", "until", "why"],
            [
                [moment(d.decided_at), d.decided_by, d.answer, moment(d.expires_at), d.why]
                for d in question.decisions
            ],
        )


def answer(
    number: Number,
    what: Annotated[Answer, typer.Argument(metavar="keep|apply|same|ask", help="What is decided.")],
    *,
    why: Annotated[str, typer.Option(help="The reason, for those who come after.")],
    by: Annotated[str, typer.Option(help="Who decides; you, where nobody is named.")] = "",
    as_json: Json = False,
) -> None:
    """Answer a question: keep everything, apply what was withheld, ask the node; or they are the same."""
    with opened() as (settings, store):
        question, run = acts.answer(Hand(store, settings, by or somebody()), number, what, why=why)
        run = work_on(settings, store, run) if run else None
        told = _json(store, question) | ({"run": run_json(run)} if run else {})
    if as_json:
        print_json(told)
        return
    decision = question.decisions[-1]
    if what is Answer.ASK:
        console.print(decision.letter, markup=False, highlight=False, soft_wrap=True)
        complaints.print("The question stays open.")
    elif run:
        complaints.print(
            f"Run {run.id}: {state_in_words(run)}, {tally_in_words(run)}.", markup=False, highlight=False
        )
    else:
        complaints.print(
            f"Kept as it is; the same is not asked again until {moment(decision.expires_at)} (UTC).",
            markup=False,
            highlight=False,
        )


def _json(store: Store, question: Question) -> dict[str, Any]:
    label = store.sources.get(question.source_id).label
    return {"question": question.words(label)} | asdict(question)
