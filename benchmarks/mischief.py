"""Mischief at random moments: processes that are killed or made to stand still, and a database that is gone.

What happens when follows from a seed, so that a run of it can be tried again.
"""

from __future__ import annotations

import random
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

#: How often each happens, beside what else there is.
_KILL, _STOP, _OTHER = 5, 3, 2


@dataclass(frozen=True)
class Strike:
    """One misfortune."""

    #: Seconds after the one before.
    after: float
    what: str
    #: Which process it meets, and how long it lasts: both between 0 and 1.
    whom: float
    length: float


def strikes(seed: int, every: float, others: tuple[str, ...] = ()) -> Iterator[Strike]:
    """Misfortunes without end, one every so many seconds in the mean: the same ones for the same seed."""
    dice = random.Random(seed)
    kinds = ["kill"] * _KILL + ["stop"] * _STOP + [*others] * _OTHER
    while True:
        yield Strike(dice.expovariate(1 / every), dice.choice(kinds), dice.random(), dice.random())


@dataclass
class Mischief:
    """Strikes processes, and puts another in the place of each that it has killed.

    Args:
        start: starts the process of a place, counted from 0.
        processes: how many places there are.
        longest: seconds that a process stands still at most.
        others: further misfortunes: what each does.
    """

    start: Callable[[int], subprocess.Popen[bytes]]
    processes: int
    longest: float = 10.0
    others: Mapping[str, Callable[[], None]] = field(default_factory=dict)
    #: What has happened so far.
    done: list[str] = field(default_factory=list)
    #: How processes ended that nobody had struck or asked to.
    fallen: list[int] = field(default_factory=list)
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def begin(self) -> None:
        """Start the processes."""
        self.running = [self.start(place) for place in range(self.processes)]

    def mend(self) -> list[subprocess.Popen[bytes]]:
        """Put another in the place of each that has ended by itself, as a supervisor does; all that run.

        A process that begins while the database is away says so and ends.
        """
        for place, one in enumerate(self.running):
            code = one.poll()
            if code is not None:
                self.fallen.append(code)
                self.running[place] = self.start(place)
        return self.running

    def strike(self, one: Strike) -> None:
        """Let one misfortune happen."""
        place = int(one.whom * len(self.running))
        victim = self.mend()[place]
        if one.what == "kill":
            victim.kill()
            victim.wait()
            self.running[place] = self.start(place)
        elif one.what == "stop":
            victim.send_signal(signal.SIGSTOP)
            time.sleep(one.length * self.longest)
            victim.send_signal(signal.SIGCONT)
        else:
            self.others[one.what]()
        self.done.append(one.what)

    @contextmanager
    def at_random(self, seed: int, every: float) -> Iterator[None]:
        """Strike from a thread, for as long as the context lasts."""
        over = threading.Event()

        def strike() -> None:
            for one in strikes(seed, every, tuple(self.others)):
                if over.wait(one.after):
                    return
                self.strike(one)

        thread = threading.Thread(target=strike, name="mischief", daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def end(self, seconds: float = 60) -> list[int]:
        """Ask the processes to end; how each did."""
        for one in self.running:
            one.terminate()
        return [one.wait(seconds) for one in self.running]
