# The image of Arrange RAR appointments. Its steps are scripts/build/*.sh, which `make package` runs without Docker.
#   docker build --build-arg BUILD_NUMBER=… --build-arg GIT_REF=… --build-arg BUILD_TIME=… -t rarbooking .
ARG PYTHON_IMAGE=python:3.11-slim-bookworm
ARG NODE_IMAGE=node:20-bookworm-slim

FROM ${NODE_IMAGE} AS front-end
WORKDIR /source
COPY package.json package-lock.json ./
COPY scripts/build/front_end.sh scripts/build/styles.sh scripts/build/
COPY rarbooking/static rarbooking/static
COPY rarbooking/styles rarbooking/styles
RUN sh scripts/build/front_end.sh /front-end && \
    sh scripts/build/styles.sh /front-end /front-end/styles

FROM ${PYTHON_IMAGE} AS venv
WORKDIR /source
COPY requirements.txt ./
COPY scripts/build/wheels.sh scripts/build/venv.sh scripts/build/
RUN sh scripts/build/wheels.sh requirements.txt /wheels && \
    sh scripts/build/venv.sh /wheels /opt/venv

FROM venv AS build
COPY . .
RUN sh scripts/build/app.sh /app
COPY --from=front-end /front-end /front-end
RUN PYTHON=/opt/venv/bin/python sh scripts/build/static.sh /app /front-end

# Another system, for trying the product without Delius: docker build --target simulator. Never deployed beside it.
FROM ${PYTHON_IMAGE} AS simulator
WORKDIR /source
COPY requirements-simulator.txt ./
COPY scripts/build/wheels.sh scripts/build/venv.sh scripts/build/
RUN sh scripts/build/wheels.sh requirements-simulator.txt /wheels && \
    sh scripts/build/venv.sh /wheels /opt/venv
COPY simulator simulator
USER 2000:2000
EXPOSE 8100
CMD ["/opt/venv/bin/python", "-m", "simulator", "--host", "0.0.0.0", "--port", "8100", "--database", "/tmp/delius.sqlite3"]

FROM ${PYTHON_IMAGE} AS product
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PATH=/opt/venv/bin:$PATH PORT=8080
WORKDIR /app
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
ARG BUILD_NUMBER=""
ARG GIT_REF=""
ARG BUILD_TIME=""
ENV BUILD_NUMBER=${BUILD_NUMBER} GIT_REF=${GIT_REF} BUILD_TIME=${BUILD_TIME}
# Nothing below / is written to but /tmp and /dev/shm: run it with a read-only root and those two in memory.
USER 2000:2000
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s CMD ["python", "ops/healthcheck.py"]
CMD ["python", "-m", "gunicorn", "--config", "ops/gunicorn.conf.py", "rarbooking.wsgi:application"]
