# One image for every process of Tinwire; docker-compose.yml says which one a container runs.
FROM python:3.12-slim AS build
WORKDIR /src
RUN python -m venv /opt/tinwire
ENV PATH=/opt/tinwire/bin:$PATH PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
# The lock first: a change of our own code doesn't install everything anew.
COPY requirements.lock ./
RUN pip install --require-hashes --requirement requirements.lock
COPY pyproject.toml README.md ./
COPY config config
COPY feeds feeds
COPY worker worker
RUN pip install --no-deps --no-build-isolation .

FROM python:3.12-slim
COPY --from=build /opt/tinwire /opt/tinwire
# A named volume that is mounted here takes over this owner.
RUN useradd --system --uid 10001 --no-create-home tinwire \
    && install --directory --owner tinwire /var/lib/tinwire
ENV PATH=/opt/tinwire/bin:$PATH PYTHONUNBUFFERED=1 TINWIRE_DATA_DIR=/var/lib/tinwire
# Away from the sources, so that `celery -A worker.app` finds the installed package.
WORKDIR /var/lib/tinwire
USER 10001
CMD ["tinwire", "web"]
