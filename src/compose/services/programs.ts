/** Programs that observe a stack or help its developers: users of the product never reach them. */
const COMPANIONS: readonly [what: string, pattern: RegExp][] = [
  [
    'catches mail',
    /^(mailhog|mailpit|mailcatcher|maildev|smtp4dev|inbucket|greenmail|mailtrap|mailslurper|axigen)/,
  ],
  ['sends or keeps mail', /^(smtp|postfix|exim4?|opensmtpd|docker-mailserver|mailserver|dovecot)/],
  [
    'administers a database or queue',
    /^(phpmyadmin|adminer|pgadmin4?|pgweb|pghero|redis-?commander|redisinsight|phpredisadmin|rediscommander|mongo-express|mongoclient|cloudbeaver|dbgate|sqlpad|kafka-ui|kafdrop|kowl|kafka-manager|cmak|akhq|console|cp-enterprise-control-center|elasticvue|cerebro|dejavu|opensearch-dashboards|kibana|chronograf|flower|bull-?board|asynqmon|rabbitscout|attu)$/,
  ],
  [
    'watches the stack',
    /(^|[-_/])(jaeger|all-in-one|zipkin|tempo|opentelemetry-collector.*|otel.*|[a-z-]*exporter|cadvisor|grafana|prometheus|grafana-oss|grafana-enterprise|alertmanager|promtail|alloy|fluentd|fluent-bit|vector|logspout|logstash|filebeat|metricbeat|heartbeat|telegraf|netdata|dozzle|uptime-kuma-agent|pushgateway|statsd|agent-newrelic|datadog-agent|newrelic-infra|node-problem-detector|glances|beszel-agent)$/,
  ],
  [
    'drives a browser or load',
    /^hub$|(^|[-_/])(selenium|standalone-(chrome|chromium|firefox|edge|all-browsers)|node-(chrome|chromium|firefox|edge)|browserless|chromium|chrome|playwright|cypress|k6|locust|load-test|gatling|wrk|artillery|toxiproxy|wiremock|mockserver|mountebank)$/,
  ],
  [
    'pools connections to a database',
    /^(pgbouncer|pgpool|pgcat|odyssey|proxysql|maxscale|twemproxy|mcrouter)/,
  ],
  [
    'is a tunnel, a resolver or takes care of certificates',
    /^(ngrok|cloudflared|tailscale|gluetun|wireguard|openvpn|unbound|dnsmasq|coredns|pihole|certbot|lego|acme|frpc|chisel|docker-socket-proxy)$/,
  ],
  [
    'makes backups',
    /(^|[-_])(backup|backups|restic|borgmatic|duplicati|pgbackrest|volume-backup|s3-backup|db-dump)$/,
  ],
  ['moves data between systems', /(^|[-_])(kafka-)?connect$|^(debezium|airbyte|logstash|benthos)/],
  [
    'serves models',
    /^(ollama|vllm-openai|localai|text-embeddings-inference|text-generation-inference|open-webui-ollama|llama\.cpp)$/,
  ],
  [
    'is a tool of developers',
    /^(swagger|swagger-ui|swagger-editor|storybook|browser-sync|vscode|code-server|openvscode-server|webpack|wait-for-it|dockerize|docker-compose-wait|jupyter|cli)$/,
  ],
];

/**
 * Programs that control containers through the engine's socket: two of them would do everything
 * twice.
 */
const AGENTS =
  /(^|[-_/])(watchtower|autoheal|ofelia|chadburn|docker-gen|acme-companion|letsencrypt-nginx-proxy-companion|portainer(-ce|-ee)?|portainer-agent|dockerapi|diun|shepherd|ouroboros|swarm-cronjob|docker-autocompose|dockge|yacht|gitlab-runner|act_runner|github-runner|actions-runner|drone-runner-docker|woodpecker-agent|crowdsec|netfilter)$/;

/** Programs that keep a database in a file of their own. */
const SQLITE =
  /^(vaultwarden(\/server)?|gitea|forgejo|uptime-kuma|n8n|sonarr|radarr|lidarr|readarr|bazarr|prowlarr|overseerr|jellyseerr|jellyfin|emby|plex|grafana(-oss|-enterprise)?|freshrss|linkding|memos|navidrome|photoprism|home-assistant|audiobookshelf|actual-server|pocketbase|gotify(\/server)?|ntfy|tautulli|changedetection\.io|filebrowser|homarr|kutt|memelord|mealie|trilium|wallos|umami-sqlite|miniflux-sqlite|beszel|headscale|adguardhome)$/;

/** The purpose of such a program, beside the product. */
export function companionOf(program: string): string | undefined {
  return COMPANIONS.find(([, pattern]) => pattern.test(program))?.[0];
}

export function isAgent(program: string): boolean {
  return AGENTS.test(program);
}

export function keepsSqlite(program: string): boolean {
  return SQLITE.test(program);
}
