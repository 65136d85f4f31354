"""A record while its ISO 19139 or ISO 19115-3 metadata are being read."""

from __future__ import annotations

from catalogue.record import (
    UNDETERMINED,
    Agent,
    Box,
    Conformance,
    Date,
    Identifier,
    Link,
    Period,
    Record,
    Relation,
    Right,
    Security,
    Service,
    Subject,
    Text,
)
from harvester.mapping.draft import stand_in_title
from harvester.mapping.gmd import Locales


class IsoDraft:
    """Lists that grow; `record` freezes them."""

    __slots__ = (
        "agents",
        "alternative_titles",
        "boxes",
        "conformance",
        "coupled",
        "coupling",
        "dates",
        "descriptions",
        "formats",
        "identifiers",
        "languages",
        "lineage",
        "links",
        "locales",
        "metadata_date",
        "metadata_identifier",
        "operations",
        "parent_identifier",
        "periods",
        "places",
        "reference_systems",
        "relations",
        "resolutions",
        "rights",
        "security",
        "service_type",
        "service_versions",
        "subjects",
        "title",
        "types",
    )

    def __init__(self, locales: Locales) -> None:
        self.locales = locales
        self.title: Text | None = None
        self.alternative_titles: list[Text] = []
        self.descriptions: list[Text] = []
        self.agents: list[Agent] = []
        self.dates: list[Date] = []
        self.subjects: list[Subject] = []
        self.types: list[Text] = []
        self.formats: list[str] = []
        self.identifiers: list[Identifier] = []
        self.relations: list[Relation] = []
        self.languages: list[str] = []
        self.rights: list[Right] = []
        self.security: list[Security] = []
        self.links: list[Link] = []
        self.boxes: list[Box] = []
        self.places: list[Text] = []
        self.periods: list[Period] = []
        self.lineage: list[Text] = []
        self.conformance: list[Conformance] = []
        self.reference_systems: list[str] = []
        self.resolutions: list[str] = []
        self.metadata_identifier = ""
        self.metadata_date = ""
        self.parent_identifier = ""
        self.service_type = ""
        self.service_versions: list[str] = []
        self.operations: list[str] = []
        self.coupling = ""
        self.coupled: list[tuple[str, str]] = []

    def record(self, rule: str = "iso19139.no-title") -> Record:
        """The record.

        Raises:
            UnreadableRecord: nothing says what it is about; `rule` is what that breaks.
        """
        own = self.locales.default
        return Record(
            title=self.title or self._stand_in(rule),
            alternative_titles=tuple(dict.fromkeys(self.alternative_titles)),
            descriptions=tuple(dict.fromkeys(self.descriptions)),
            agents=tuple(dict.fromkeys(self.agents)),
            dates=tuple(dict.fromkeys(self.dates)),
            subjects=tuple(dict.fromkeys(self.subjects)),
            types=tuple({text.default: text for text in reversed(self.types)}.values())[::-1],
            formats=tuple(dict.fromkeys(self.formats)),
            identifiers=tuple(dict.fromkeys(self.identifiers)),
            relations=tuple(dict.fromkeys(self.relations)),
            languages=tuple(dict.fromkeys(self.languages)),
            rights=tuple(dict.fromkeys(self.rights)),
            security=tuple(dict.fromkeys(self.security)),
            links=tuple(dict.fromkeys(self.links)),
            boxes=tuple(dict.fromkeys(self.boxes)),
            places=tuple(dict.fromkeys(self.places)),
            periods=tuple(dict.fromkeys(self.periods)),
            lineage=Text.merge(self.lineage),
            conformance=tuple(dict.fromkeys(self.conformance)),
            reference_systems=tuple(dict.fromkeys(self.reference_systems)),
            resolutions=tuple(dict.fromkeys(self.resolutions)),
            metadata_identifier=self.metadata_identifier,
            metadata_language="" if own == UNDETERMINED else own,
            metadata_date=self.metadata_date,
            parent_identifier=self.parent_identifier,
            service_type=self.service_type,
            service=self._service(),
        )

    def _service(self) -> Service | None:
        told = Service(
            versions=tuple(dict.fromkeys(filter(None, self.service_versions))),
            operations=tuple(dict.fromkeys(self.operations)),
            coupling=self.coupling,
            coupled=tuple(dict.fromkeys(self.coupled)),
        )
        return None if told == Service() else told

    def _stand_in(self, rule: str) -> Text:
        names = [*(identifier.value for identifier in self.identifiers), self.metadata_identifier]
        texts = [*self.alternative_titles, *self.descriptions]
        return stand_in_title(texts, filter(None, names), rule)
