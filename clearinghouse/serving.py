"""The roles of a process: `up` (everything), `serve` (web and schedule), `worker`.

Each runs until SIGINT or SIGTERM, then finishes the page in hand, gives its runs back and ends with 0.
"""

from __future__ import annotations

import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from functools import partial
from importlib import import_module
from types import FrameType

import uvicorn

from catalogue import memory
from catalogue.errors import SettingsError, SourceExists
from catalogue.settings import Settings
from catalogue.steering import sources as steering
from catalogue.store import Store
from clearinghouse import harvests
from clearinghouse.dumps import Nightly
from clearinghouse.output import complaints
from clearinghouse.people import first_operator
from clearinghouse.sample.federation import Federation
from clearinghouse.session import own_hand
from clearinghouse.upkeep import forget_runs
from endpoint.alerts.telling import Teller
from endpoint.alerts.tokens import TokenTeller
from endpoint.app import create_app
from endpoint.auth.cookies import lifetime
from endpoint.deps import Services
from endpoint.nodes.monthly import Monthly
from endpoint.registration.acts import tell_of_trial
from harvester.checkups import Checkups
from harvester.keeping import Keeper
from harvester.lookout import Lookout
from harvester.mail import Postman
from harvester.schedule import Schedule
from harvester.slices import utc_now
from harvester.trials import Trials
from harvester.webhooks import Caller
from harvester.worker import alive, new_worker

#: Seconds between two looks of a worker at what is due.
TICK = 2.0
DAY = 86400.0
#: How long it is known who has harvested us.
VISITS_KEPT = timedelta(days=400)
#: Seconds between two looks whether a dump is due.
DUMP_LOOK = 60.0
#: Seconds between two looks at the outbox.
MAIL_LOOK = 5.0
#: Seconds between two looks whether anything is amiss with the sources, and whether somebody is to be told.
ALERT_LOOK, TELL_LOOK = 300.0, 15.0
#: Seconds between two looks whether there is anything to be kept behind the runs.
KEEP_LOOK = 10.0
#: Seconds after which memory that is free is given back.
GIVE_BACK = 10.0
#: Seconds between two looks at what is of no use any more.
TIDY = 3600.0
#: The sample nodes listen so far above our own port.
SAMPLE_PORT_OFFSET = 101


class Stop:
    """Told by SIGINT or SIGTERM; a second signal ends the process at once."""

    def __init__(self) -> None:
        self._event = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._told)

    def _told(self, number: int, _frame: FrameType | None) -> None:
        signal.signal(number, signal.SIG_DFL)
        self._event.set()

    def is_set(self) -> bool:
        """Whether it is time to stop."""
        return self._event.is_set()

    def wait(self) -> None:
        """Wait until it is."""
        while not self._event.wait(0.5):
            pass


@contextmanager
def web_server(settings: Settings, store: Store) -> Iterator[None]:
    """The web server, in a thread of its own.

    Raises:
        SettingsError: the address cannot be listened on.
    """
    listener = _listener(settings)
    config = uvicorn.Config(
        create_app(settings, store),
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=10,
        # A harvester stores a page before it asks for the next.
        timeout_keep_alive=75,
        forwarded_allow_ips=list(settings.trusted_proxies),
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="web")
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


def _listener(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
        listener.listen(256)  # from here on a request waits, and is not refused, until the server is up
    except OSError as error:
        listener.close()
        raise SettingsError(f"cannot listen on {settings.host}:{settings.port}: {error.strerror}") from error
    return listener


@contextmanager
def scheduled(settings: Settings, store: Store) -> Iterator[None]:
    """The schedule, that of the dumps among it."""
    schedule = Schedule(store, settings)
    schedule.every(DAY, partial(_forget_visits, store), "forget-visits")
    schedule.every(DAY, partial(_forget_requests, settings, store), "forget-requests")
    schedule.every(DAY, store.feed.count_anew, "count-lists")
    schedule.every(TIDY, partial(_forget_sessions, settings, store), "forget-sessions")
    schedule.every(DUMP_LOOK, Nightly(settings, store).look, "dump")
    schedule.start()
    try:
        yield
    finally:
        schedule.stop()


def _forget_requests(settings: Settings, store: Store) -> None:
    store.exchanges.forget(utc_now() - timedelta(days=settings.requests_days))


def _forget_sessions(settings: Settings, store: Store) -> None:
    store.sessions.forget(utc_now(), lifetime(settings))


def _forget_visits(store: Store) -> None:
    store.clients.forget(utc_now() - VISITS_KEPT)


@contextmanager
def working(settings: Settings, store: Store, role: str) -> Iterator[None]:
    """A worker, with the chores that come with it."""
    from harvester.jobs import Jobs  # DBOS takes a second to import, which other roles need not wait for

    worker = new_worker()
    lookout = Lookout(store, settings)
    jobs = Jobs(store, settings, worker, on_end=lambda run: lookout.run_ended(run.source_id))
    chores = Schedule(store, settings)
    caller = _alerting(settings, store, lookout, chores)
    chores.every(TICK, jobs.tick, "tick")
    chores.every(TIDY, jobs.tidy, "tidy")
    checkups = Checkups(store, settings)
    chores.every(TICK, checkups.look, "checkups")
    chores.every(DAY, checkups.forget, "forget-checkups")
    postman = Postman(store, settings)
    chores.every(MAIL_LOOK, postman.look, "mail")
    chores.every(DAY, postman.forget, "forget-mail")
    chores.every(TIDY, Monthly(Services(settings, store)).look, "monthly-letters")
    trials = Trials(store, settings, on_done=partial(tell_of_trial, Services(settings, store)))
    chores.every(TICK, trials.look, "trials")
    chores.every(DAY, trials.forget, "forget-registrations")
    keeper = _housekeeping(settings, store, chores)
    with alive(store, worker, role):
        jobs.start()
        chores.start_chores()
        try:
            yield
        finally:
            postman.stop()
            caller.stop()
            keeper.stop()
            chores.stop()
            checkups.stop()
            trials.stop()
            jobs.stop()


def _housekeeping(settings: Settings, store: Store, chores: Schedule) -> Keeper:
    """The chores behind the runs: what is kept, what is of no use any more, memory that is free."""
    keeper = Keeper(store, settings)
    chores.every(KEEP_LOOK, keeper.look, "keep")
    chores.every(DAY, lambda: _tidy(settings, store), "tidy-store")
    chores.every(GIVE_BACK, memory.give_back, "memory")
    return keeper


def _alerting(settings: Settings, store: Store, lookout: Lookout, chores: Schedule) -> Caller:
    """The chores that find out what is amiss, tell people, and call programs."""
    teller, caller = Teller(Services(settings, store)), Caller(store, settings)
    chores.every(ALERT_LOOK, lambda: _each(lookout.look), "alerts")
    chores.every(TICK, lambda: _each(lookout.look_at_ended), "alerts-of-ended")
    chores.every(TELL_LOOK, lambda: _each(teller.look), "tell")
    chores.every(TIDY, lambda: _each(TokenTeller(Services(settings, store)).look), "tokens-that-end")
    chores.every(MAIL_LOOK, caller.look, "webhooks")
    chores.every(DAY, lookout.forget, "forget-alerts")
    return caller


def _each(look: Callable[[], object]) -> None:
    """A look of which nobody wants to know what it has found."""
    look()


def _tidy(settings: Settings, store: Store) -> None:
    """Forget what nobody needs of runs that are long over."""
    forget_runs(settings, store)
    store.history.tidy(utc_now() - timedelta(days=settings.history_days))


def up(settings: Settings, store: Store, *, sample: bool) -> int:
    """Everything in one process, until told to stop."""
    # Before there are threads: while one of them imports DBOS, and with it SQLAlchemy's mapper, statements of
    # others fail in the half of it that is there already.
    import_module("harvester.jobs")
    memory.share()
    stop = Stop()
    with ExitStack() as stack:
        if sample:
            federation = stack.enter_context(Federation(port=settings.port + SAMPLE_PORT_OFFSET))
        stack.enter_context(web_server(settings, store))
        complaints.print(f"The catalogue is at {settings.public_url}", markup=False)
        if sample:
            harvest_sample(settings, store, federation, stop)
        if not stop.is_set():
            stack.enter_context(scheduled(settings, store))
            stack.enter_context(working(settings, store, "up"))
            _announce(settings)
            if sample:
                _tell_first_operator(settings, store)
            _tell_nobody(store)
            stop.wait()
        complaints.print("Stopping.")
    return 0


def _tell_nobody(store: Store) -> None:
    """That nobody can sign in yet, where that is so."""
    if not store.people.all():
        told = "Nobody can sign in yet: clearinghouse person add MAIL --name NAME --role operator"
        complaints.print(told, markup=False, highlight=False, soft_wrap=True)


def _tell_first_operator(settings: Settings, store: Store) -> None:
    """How to sign in, where nobody has done so yet."""
    link = first_operator(settings, store)
    if link:
        complaints.print("Sign in as its operator, once, by", markup=False)
        complaints.print(f"  {link}", markup=False, highlight=False, soft_wrap=True)


def serve(settings: Settings, store: Store) -> int:
    """The web server and the schedule, until told to stop."""
    stop = Stop()
    with web_server(settings, store), scheduled(settings, store):
        _announce(settings)
        _tell_nobody(store)
        stop.wait()
    return 0


def work(settings: Settings, store: Store) -> int:
    """A worker, until told to stop."""
    memory.share()
    stop = Stop()
    with working(settings, store, "worker"):
        stop.wait()
    return 0


def harvest_sample(settings: Settings, store: Store, federation: Federation, stop: Stop) -> None:
    """Register the sample nodes where they are not yet, and harvest them, with progress shown."""
    names = []
    for source in federation.sources():
        try:
            steering.add(own_hand(settings, store), source)
        except SourceExists:
            store.sources.change(source.id, base_url=source.base_url)
        names.append(source.id)
    worked = harvests.harvest(settings, store, names, should_stop=stop.is_set)
    harvests.report(store, worked.runs, as_json=False)


def _announce(settings: Settings) -> None:
    at = settings.public_url
    for line in (
        f"  for people     {at}/",
        f"  OAI-PMH 2.0    {at}/oai?verb=Identify",
        f"  CSW 2.0.2      {at}/csw?service=CSW&version=2.0.2&request=GetCapabilities",
        "Ctrl-C ends it.",
    ):
        complaints.print(line, markup=False, highlight=False, soft_wrap=True)
