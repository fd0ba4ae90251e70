# canary with what it calls: the docker command, Compose, git and ssh. `scripts/release.mjs` builds it from the built package.
# How to run it: docs/guides/in-a-container.md.
ARG BASE=node:20-trixie-slim
FROM ${BASE}
RUN apt-get update \
 && apt-get install --yes --no-install-recommends ca-certificates docker-buildx docker-cli docker-compose git openssh-client \
 && rm -rf /var/lib/apt/lists/*
# The repository belongs to the user of the machine, not to the one in here.
RUN git config --system --add safe.directory '*'
COPY package.json LICENSE /opt/canary/
COPY bin /opt/canary/bin
COPY dist /opt/canary/dist
COPY schema /opt/canary/schema
COPY templates /opt/canary/templates
RUN ln -s /opt/canary/bin/canary.js /usr/local/bin/canary
ENTRYPOINT ["canary"]
