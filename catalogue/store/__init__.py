"""The store: the only importer of SQLAlchemy. SQL stands behind named methods."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import Self

import sqlalchemy as sa

from catalogue.errors import StoreUnreachable
from catalogue.store.alerting.alerts import Alerts
from catalogue.store.alerting.calls import Calls
from catalogue.store.alerting.subscriptions import Subscriptions
from catalogue.store.backup import back_up
from catalogue.store.community.audit import Audit
from catalogue.store.community.organisations import Organisations
from catalogue.store.community.people import People
from catalogue.store.community.pings import Pings
from catalogue.store.community.registrations import Registrations
from catalogue.store.community.sessions import Sessions, Tokens
from catalogue.store.community.views import Views
from catalogue.store.copies.clusters import Clusters
from catalogue.store.copies.kinship import Kinship
from catalogue.store.desk.checkups import Checkups
from catalogue.store.desk.clients import Clients
from catalogue.store.desk.correspondence import Correspondence
from catalogue.store.desk.digests import Digests
from catalogue.store.desk.keys import Keys
from catalogue.store.desk.outbox import Outbox
from catalogue.store.engine import create_engine, together
from catalogue.store.findings.faults import Faults
from catalogue.store.findings.problems import Problems
from catalogue.store.findings.questions import Questions
from catalogue.store.findings.withheld import WithheldChanges
from catalogue.store.holdings.beginnings import Beginnings
from catalogue.store.holdings.history import History
from catalogue.store.holdings.listing import Listing
from catalogue.store.holdings.payloads import Payloads
from catalogue.store.holdings.records import Records
from catalogue.store.holdings.renamings import Renamings
from catalogue.store.holdings.sets import Sets
from catalogue.store.index.answers import SearchIndex
from catalogue.store.lists.feed import Feed
from catalogue.store.lists.kept import KeptRenditions
from catalogue.store.migrations import require_current, upgrade
from catalogue.store.queries.search import Search
from catalogue.store.queries.within import Within
from catalogue.store.registry.overview import Overview
from catalogue.store.registry.pauses import Pauses
from catalogue.store.registry.secrets import Secrets
from catalogue.store.registry.sources import Sources
from catalogue.store.registry.validators import Validators
from catalogue.store.soundness import Flaw, flaws, mend
from catalogue.store.work.exchanges import Exchanges
from catalogue.store.work.figures import Figures
from catalogue.store.work.recent import RecentChanges
from catalogue.store.work.retention import Retention
from catalogue.store.work.runs import Runs
from catalogue.store.work.sweeps import Sweeps
from catalogue.store.work.trials import Trials
from catalogue.store.work.workers import Workers


class Store:
    """One database, and everything in it by name."""

    def __init__(self, database_url: str) -> None:
        self.engine = create_engine(database_url)
        self.sources = Sources(self.engine)
        self.runs = Runs(self.engine)
        self.overview = Overview(self.engine)
        self.faults = Faults(self.engine)
        self.problems = Problems(self.engine)
        self.index = SearchIndex(self.engine)
        self.records = Records(self.engine, self.index)
        self.payloads = Payloads(self.engine)
        self.kept = KeptRenditions(self.engine)
        self.feed = Feed(self.engine)
        self.search = Search(self.engine, self.index)
        self.listing = Listing(self.engine)
        self.sets = Sets(self.engine)
        self.within = Within(self.engine)
        self.clusters = Clusters(self.engine)
        self.keys = Keys(self.engine)
        self.workers = Workers(self.engine)
        self.checkups = Checkups(self.engine)
        self.registrations = Registrations(self.engine)
        self.kinship = Kinship(self.engine)
        self.clients = Clients(self.engine)
        self.validators = Validators(self.engine)
        self.secrets = Secrets(self.engine)
        self.withheld = WithheldChanges(self.engine)
        self.renamings = Renamings(self.engine)
        self.sweeps = Sweeps(self.engine)
        self.questions = Questions(self.engine)
        self.recent = RecentChanges(self.engine)
        self.history = History(self.engine)
        self.retention = Retention(self.engine)
        self.beginnings = Beginnings(self.engine)
        self.exchanges = Exchanges(self.engine)
        self.pauses = Pauses(self.engine)
        self.people = People(self.engine)
        self.organisations = Organisations(self.engine)
        self.sessions = Sessions(self.engine)
        self.tokens = Tokens(self.engine)
        self.audit = Audit(self.engine)
        self.pings = Pings(self.engine)
        self.outbox = Outbox(self.engine)
        self.correspondence = Correspondence(self.engine)
        self.digests = Digests(self.engine, self.keys)
        self.trials = Trials(self.engine)
        self.views = Views(self.engine)
        self.figures = Figures(self.engine)
        self.alerts = Alerts(self.engine)
        self.subscriptions = Subscriptions(self.engine)
        self.calls = Calls(self.engine)

    def together(self) -> AbstractContextManager[None]:
        """One transaction for all that this thread does inside (`catalogue.store.engine.together`)."""
        return together(self.engine)

    @property
    def embedded(self) -> bool:
        """Whether the database is SQLite, in this process."""
        return self.engine.dialect.name == "sqlite"

    @property
    def queue_url(self) -> str:
        """Where the job engine keeps its queue: the same PostgreSQL database, or a file beside SQLite's."""
        url = self.engine.url
        if self.embedded:
            return url.set(database=f"{url.database}.jobs").render_as_string(hide_password=False)
        return url.set(drivername="postgresql").render_as_string(hide_password=False)

    @property
    def key_file(self) -> Path | None:
        """Where the keys to the secrets of sources are, unless a setting has them: beside SQLite's file."""
        name = self.engine.url.database if self.embedded else None
        return Path(f"{name}.key") if name and name != ":memory:" else None

    def upgrade(self) -> None:
        """Bring the schema to this release's; what came before the search index is taken into it."""
        upgrade(self.engine)
        self.index.take_in()

    def require_current(self) -> None:
        """Check that the schema is this release's.

        Raises:
            SchemaOutOfDate: it is not: `clearinghouse db upgrade` mends that.
        """
        require_current(self.engine)

    def check(self) -> None:
        """Check that the database answers, and has this release's schema.

        Raises:
            StoreUnreachable: it does not answer.
            SchemaOutOfDate: it does, and has another schema.
        """
        try:
            require_current(self.engine)
        except (sa.exc.DBAPIError, sa.exc.TimeoutError) as error:
            raise StoreUnreachable("the database does not answer") from error

    def flaws(self, *, thorough: bool = False) -> Iterator[tuple[str, Flaw | None]]:
        """Each check whether the store is sound, and what it has found (`catalogue.store.soundness`)."""
        return flaws(self.engine, thorough=thorough)

    def mend(self, *, thorough: bool = False) -> None:
        """Make anew what follows from the rest: the sizes of lists, a search index that lacks records.

        With `thorough`, renditions that are kept and wrong are taken away, too.
        """
        mend(self.engine, thorough=thorough)
        self.index.take_in()

    def back_up(self, target: Path) -> None:
        """Copy a SQLite database into a new file, while it is in use (`catalogue.store.backup`).

        Raises:
            SettingsError: the database is not SQLite, or the file cannot be written, or is there already.
        """
        back_up(self.engine, target)

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
