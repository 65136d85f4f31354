"""Every exception that we raise, drawn as a tree.

::

    ClearinghouseError
    ├── SettingsError              a setting is missing or wrong
    │   └── SecretsLocked          the key to the secrets of sources is missing, or is another
    ├── XmlError                   bytes that are not acceptable XML
    │   ├── MalformedXml
    │   └── ForbiddenXml           DOCTYPE, entities
    ├── UnreadableRecord           one payload that no reader can take: becomes a fault
    ├── StoreError
    │   ├── StoreUnreachable       the database does not answer
    │   ├── StoreFull              there is no room left on its disk
    │   ├── SchemaOutOfDate
    │   ├── NumberTooGreat         nothing has a number that great
    │   ├── NoText                 nothing has a text with such a character in it
    │   ├── UnknownFormat
    │   ├── TooManyPings           a ping link was used just before
    │   ├── TooManyCheckups        the client, the host or the queue has had enough for now
    │   ├── TooManyRegistrations   the client has begun enough for now
    │   ├── WriteIntentExpired     this writer was too slow and must take a new datestamp
    │   ├── Unknown                there is no such thing
    │   │   ├── UnknownSource, UnknownRun, UnknownRecord, UnknownQuestion, UnknownAlert, UnknownCheckup
    │   │   ├── UnknownOrganisation, UnknownNode, UnknownRegistration, UnknownSubscription
    │   │   ├── UnknownPerson, UnknownToken, UnknownLink
    │   │   └── NoCluster          the record has no copies
    │   └── Conflict               it cannot be done as things stand
    │       ├── SourceExists, NodeExists, OrganisationExists, PersonExists
    │       ├── StillInUse         an organisation with nodes, a node with sources
    │       ├── LastOperator       somebody must be left who can administer
    │       ├── SourceInactive     suspended or retired
    │       ├── QuestionClosed, RegistrationClosed
    │       ├── HistoryGone        it is no longer known what runs changed since then
    │       ├── HarvestingPaused   all of it, until somebody resumes it
    │       ├── RunAlreadyOpen     one open run for each source
    │       └── RunLost            cancelled, or another worker holds it now
    │           └── HostBusy       another run harvests the same host
    ├── NotAllowed                 somebody may not do this
    │   ├── NotSignedIn            nobody in particular may not, who signs in may
    │   └── ForeignForm            a form that was not sent from our own page
    ├── SignInFailed               an issuer of OpenID Connect does not answer, or cannot be believed
    ├── DumpBusy                   another process is writing a dump
    ├── CheckupOver                a check-up has cost what it may, or this process ends
    ├── RequestLeft                before its answer had come: this process ends, or the run is paused
    ├── UploadRefused              files given by hand that are damaged, too large, or a trap
    ├── InvalidQuery               a query that cannot be expressed
    ├── InvalidMail                a letter whose address is none
    ├── MailNotSent                no letter gets out just now
    │   └── MailRefused            this one does not
    └── HarvestError               a source, not we, is the cause
        ├── AddressRefused         the address guard
        ├── SourceUnreachable      DNS, connection, TLS, timeout
        ├── SourceBusy             429 or 503: come back after `retry_after` seconds
        ├── HttpFailure            any other unsuccessful HTTP status
        ├── AnswerTooLarge
        ├── AnswerUnreadable       not XML, cut off, not the protocol
        ├── ProtocolFailure        the protocol's own error answer (OAI code, OWS exceptionCode)
        ├── ListBroken             a list that loops, or whose token has expired
        └── ListIncomplete         the rest was read; parts of the list cannot be had

`store` has what is below StoreError, `harvest` what is below HarvestError, `access` who may do what, and
`base` the rest; everybody imports them from here. The message of an exception is for people: it says what was
found and where.
"""

from __future__ import annotations

from catalogue.errors.access import (
    ForeignForm,
    NotAllowed,
    NotSignedIn,
    SignInFailed,
)
from catalogue.errors.base import (
    CheckupOver,
    ClearinghouseError,
    DumpBusy,
    ForbiddenXml,
    InvalidMail,
    InvalidQuery,
    MailNotSent,
    MailRefused,
    MalformedXml,
    RequestLeft,
    SecretsLocked,
    SettingsError,
    UnreadableRecord,
    UploadRefused,
    XmlError,
)
from catalogue.errors.harvest import (
    AddressRefused,
    AnswerTooLarge,
    AnswerUnreadable,
    HarvestError,
    HttpFailure,
    ListBroken,
    ListIncomplete,
    ProtocolFailure,
    SourceBusy,
    SourceUnreachable,
)
from catalogue.errors.store import (
    Conflict,
    HarvestingPaused,
    HistoryGone,
    HostBusy,
    LastOperator,
    NoCluster,
    NodeExists,
    NoText,
    NumberTooGreat,
    OrganisationExists,
    PersonExists,
    QuestionClosed,
    RegistrationClosed,
    RunAlreadyOpen,
    RunLost,
    SchemaOutOfDate,
    SourceExists,
    SourceInactive,
    StillInUse,
    StoreError,
    StoreFull,
    StoreUnreachable,
    TooManyCheckups,
    TooManyPings,
    TooManyRegistrations,
    Unknown,
    UnknownAlert,
    UnknownCheckup,
    UnknownFormat,
    UnknownLink,
    UnknownNode,
    UnknownOrganisation,
    UnknownPerson,
    UnknownQuestion,
    UnknownRecord,
    UnknownRegistration,
    UnknownRun,
    UnknownSource,
    UnknownSubscription,
    UnknownToken,
    WriteIntentExpired,
)

__all__ = [
    "AddressRefused",
    "AnswerTooLarge",
    "AnswerUnreadable",
    "CheckupOver",
    "ClearinghouseError",
    "Conflict",
    "DumpBusy",
    "ForbiddenXml",
    "ForeignForm",
    "HarvestError",
    "HarvestingPaused",
    "HistoryGone",
    "HostBusy",
    "HttpFailure",
    "InvalidMail",
    "InvalidQuery",
    "LastOperator",
    "ListBroken",
    "ListIncomplete",
    "MailNotSent",
    "MailRefused",
    "MalformedXml",
    "NoCluster",
    "NoText",
    "NodeExists",
    "NotAllowed",
    "NotSignedIn",
    "NumberTooGreat",
    "OrganisationExists",
    "PersonExists",
    "ProtocolFailure",
    "QuestionClosed",
    "RegistrationClosed",
    "RequestLeft",
    "RunAlreadyOpen",
    "RunLost",
    "SchemaOutOfDate",
    "SecretsLocked",
    "SettingsError",
    "SignInFailed",
    "SourceBusy",
    "SourceExists",
    "SourceInactive",
    "SourceUnreachable",
    "StillInUse",
    "StoreError",
    "StoreFull",
    "StoreUnreachable",
    "TooManyCheckups",
    "TooManyPings",
    "TooManyRegistrations",
    "Unknown",
    "UnknownAlert",
    "UnknownCheckup",
    "UnknownFormat",
    "UnknownLink",
    "UnknownNode",
    "UnknownOrganisation",
    "UnknownPerson",
    "UnknownQuestion",
    "UnknownRecord",
    "UnknownRegistration",
    "UnknownRun",
    "UnknownSource",
    "UnknownSubscription",
    "UnknownToken",
    "UnreadableRecord",
    "UploadRefused",
    "WriteIntentExpired",
    "XmlError",
]
