# syntax=docker/dockerfile:1
# Two stages: the first has what builds, the second only what runs. The same pinned, hashed packages as
# `make setup`.

FROM python:3.11-slim AS build
WORKDIR /build
RUN python -m venv /opt/clearinghouse
ENV PATH=/opt/clearinghouse/bin:$PATH PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
COPY requirements/run.txt requirements/build.txt requirements/
RUN python -m venv /opt/build \
 && /opt/build/bin/pip install --quiet --require-hashes -r requirements/build.txt \
 && pip install --quiet --require-hashes -r requirements/run.txt
COPY pyproject.toml README.md ./
COPY catalogue catalogue
COPY harvester harvester
COPY endpoint endpoint
COPY clearinghouse clearinghouse
COPY config config
COPY migrations migrations
RUN /opt/build/bin/python -m hatchling build -t wheel -d /build/dist \
 && pip install --quiet --no-deps /build/dist/*.whl \
 && python -m compileall -q /opt/clearinghouse/lib

FROM python:3.11-slim
LABEL org.opencontainers.image.title="Clearinghouse" \
      org.opencontainers.image.description="Harvests metadata over OAI-PMH and CSW, and gives it back over both"
RUN useradd --system --uid 10001 --home-dir /data --create-home --shell /usr/sbin/nologin clearinghouse
COPY --from=build /opt/clearinghouse /opt/clearinghouse
ENV PATH=/opt/clearinghouse/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    CLEARINGHOUSE_HOST=0.0.0.0 \
    CLEARINGHOUSE_PORT=8000 \
    CLEARINGHOUSE_DATABASE_URL=sqlite:////data/clearinghouse.sqlite \
    CLEARINGHOUSE_LOG_JSON=true
# A SQLite catalogue lives here; with PostgreSQL the folder stays empty.
VOLUME /data
WORKDIR /data
USER clearinghouse
EXPOSE 8000
STOPSIGNAL SIGTERM
# A worker serves nothing: compose.yaml switches this off for it.
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen('http://127.0.0.1:' + os.environ['CLEARINGHOUSE_PORT'] + '/ready', timeout=8)"]
ENTRYPOINT ["clearinghouse"]
# Everything in one process, on SQLite; `serve` and `worker` are the parts.
CMD ["up"]
