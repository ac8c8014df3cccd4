# One image for all stages; docker-compose.yml starts one container for each.
# It is built in two stages, so that the final one has neither pip's cache nor the build tools.

FROM python:3.11-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /build
COPY requirements.lock ./
# Every file is checked against the lock; the packages below are installed from these files only.
RUN pip download --quiet --require-hashes --only-binary :all: --no-deps \
      --requirement requirements.lock --dest wheels
COPY pyproject.toml README.md LICENSE ATTRIBUTION.md REUSE.toml ./
COPY LICENSES LICENSES
COPY packages packages
COPY schemas schemas
COPY streams streams
# Without share-alike data: docker build --build-arg EXTRAS=all .
ARG EXTRAS=all,models-sharealike
RUN pip install --quiet --no-index --find-links wheels hatchling \
 && pip wheel --quiet --no-index --no-deps --no-build-isolation --wheel-dir wheels . ./packages/* \
 && python -m venv /opt/streams \
 && /opt/streams/bin/pip install --quiet --no-index --find-links wheels "news-streams[$EXTRAS]"

FROM python:3.11-slim
RUN useradd --uid 10001 --no-create-home --home-dir /tmp --shell /usr/sbin/nologin news \
 && mkdir /app /data && chown news /app /data
COPY --from=build /opt/streams /opt/streams
# Only caches are written, under /tmp: the root file system may be read-only.
ENV PATH=/opt/streams/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    NEWS_DATA=/tmp/news-streams XDG_CACHE_HOME=/tmp/cache
USER 10001
# A routes.toml mounted here is used instead of the shipped rules.
WORKDIR /app
ENTRYPOINT ["streams"]
CMD ["--help"]
