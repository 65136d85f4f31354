"""Where a list goes on: everything that a client in another process needs, as a checkpoint keeps it."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any, Final

from harvester.clients.base import Note
from harvester.windows import Window

#: A list that is cut more often is not worth it: its server is broken, and not some of its records.
MOST_CUTS: Final = 3000
#: Windows in a row that hold nothing but failures; the halves of 60 years in seconds are 31.
MOST_FAILING: Final = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """A place in the lists of a source: its sets one after the other, and their windows."""

    prefix: str = ""
    #: Index into the sets that are harvested one after the other.
    set_index: int = 0
    #: What is still to be read of this set, the window in hand first: (from, until).
    windows: tuple[tuple[str, str], ...] = (("", ""),)
    #: `from` of the first window of each further set.
    from_: str = ""
    #: The token of the next page of the window in hand.
    token: str = ""
    #: ListIdentifiers, and GetRecord for each; `skip` of the page's identifiers are done.
    single: bool = False
    skip: int = 0
    #: Records listed, and pages, of the window in hand; and the identifier of its first record.
    listed: int = 0
    pages: int = 0
    first: str = ""
    #: Of the window in hand: what the server said that it holds.
    size: int | None = None
    #: Of the window in hand: the newest datestamp so far, how many records have it, and whether the list has
    #: come in another order.
    latest: str = ""
    tied: int = 0
    unordered: bool = False
    #: Records on the longest page so far, and on the newest.
    longest: int = 0
    newest: int = 0
    #: Pages of this list are not all of one length, even where there are more behind them.
    varies: bool = False
    #: Empty pages in a row.
    empty: int = 0
    #: A record seen some pages ago: to see it again is to go round. It moves on at each power of two.
    landmark: str = ""
    #: Why the list cannot go on as it is; the next step is another way to read the rest.
    broken: str = ""
    #: Why the list was cut for the first time.
    why: str = ""
    #: How often windows were cut, and how many in a row held nothing but failures.
    cuts: int = 0
    failing: int = 0
    #: Records asked for one by one, and tombstones that were asked about.
    singles: int = 0
    asked: int = 0
    #: GetRecord does not work.
    no_single: bool = False
    #: All records of the first page were in the set that was asked for.
    in_set: bool = False
    #: What the server turned out to want.
    days: bool = False
    overlap: bool = False
    with_prefix: bool = False
    without_prefix: bool = False
    verbatim: bool = False
    #: Identify's earliestDatestamp, once it was asked for; and a day from which a record has come.
    earliest: str = ""
    sample: str = ""
    #: The source refuses to be asked about what is older than this.
    floor: str = ""
    #: Notes that are given once.
    told: tuple[str, ...] = ()
    #: How unsure it is that what seemed to be the end of a list was it: 0 not at all, 1 a little, 2 a guess.
    unsure: int = 0
    #: Windows that could not be read in any way, and why.
    lost: tuple[str, ...] = ()

    @classmethod
    def read(cls, position: dict[str, Any]) -> Position:
        """From a checkpoint, also one of an earlier release."""
        known = {one.name: position[one.name] for one in fields(cls) if one.name in position}
        windows = known.get("windows", [[known.get("from_", ""), ""]])
        known["windows"] = tuple((from_, until) for from_, until in windows)
        for name in ("told", "lost"):
            known[name] = tuple(known.get(name, ()))
        return cls(**known)

    def written(self) -> dict[str, Any]:
        """For a checkpoint: what is not as at the beginning."""
        return {name: value for name, default in _DEFAULTS if (value := getattr(self, name)) != default} | {
            "windows": self.windows
        }

    @property
    def window(self) -> Window:
        """The window in hand."""
        return Window(*self.windows[0]) if self.windows else Window()

    @property
    def is_first(self) -> bool:
        """Whether the next page is the first of its window."""
        return not self.token

    def rereads(self, before: Position) -> bool:
        """Whether a window that was being read at the position before is read again from its beginning."""
        if 0 < before.tied < before.listed and self.window.from_ == before.latest:
            return False  # taken up where it broke
        ways = [(one.cuts, one.single, one.no_single) for one in (self, before)]
        return before.listed > 0 and self.set_index == before.set_index and ways[0] != ways[1]

    def beginning(self, *windows: Window) -> Position:
        """At the beginning of these windows, which take the place of the one in hand."""
        pairs = tuple((window.from_, window.until) for window in windows)
        return replace(
            self,
            windows=pairs + self.windows[1:],
            token="",
            single=False,
            skip=0,
            listed=0,
            pages=0,
            first="",
            size=None,
            latest="",
            tied=0,
            unordered=False,
            newest=0,
            empty=0,
            landmark="",
            broken="",
        )

    def behind_window(self) -> Position:
        """At the beginning of the next window, or of the next set."""
        following = self.beginning()
        if following.windows:
            return following
        return replace(
            following,
            set_index=self.set_index + 1,
            windows=((self.from_, ""),),
            in_set=False,
            longest=0,
            varies=False,
        )

    def once(self, *notes: Note) -> tuple[Position, tuple[Note, ...]]:
        """Those of these notes that were not given yet, remembered."""
        if not notes:
            return self, ()
        new = tuple({note.event: note for note in notes if note.event not in self.told}.values())
        return (replace(self, told=self.told + tuple(note.event for note in new)), new) if new else (self, ())


_DEFAULTS: Final = tuple((one.name, one.default) for one in fields(Position))
