from __future__ import annotations

from collections.abc import Iterator

import pytest

from catalogue.checkup import Checkup
from catalogue.settings import Settings, load_settings
from clearinghouse.simulator.nodes import Simulator
from doctor_reports import Examine
from harvester.doctor import examine


@pytest.fixture(scope="session")
def doctor_settings() -> Settings:
    return load_settings(allowed_networks=("127.0.0.0/8",), read_timeout=1.0, check_seconds=30.0)


@pytest.fixture(scope="session")
def simulator() -> Iterator[Simulator]:
    with Simulator() as running:
        yield running


@pytest.fixture
def checked(doctor_settings: Settings, simulator: Simulator) -> Examine:
    """The report on a simulated node that misbehaves so."""

    def check(*faults: str, csw: bool = False, count: int = 150, page_size: int = 25) -> Checkup:
        name = "-".join(("csw" if csw else "oai", *faults)).replace("=", "-")
        add = simulator.add_csw if csw else simulator.add
        node = add(name, *faults, count=count, page_size=page_size, slowness=1.5)
        return examine(simulator.base_url + node.path, doctor_settings)

    return check
