import { describe, expect, it } from 'vitest';
import { discoveryOf } from '../../../../src/compose/services/discovery.ts';

const labelled = (...keys: string[]) => ({
  labels: Object.fromEntries(keys.map((key) => [key, 'x'])),
});

describe('labels by which other programs find a container', () => {
  it.each([
    ['Traefik', 'traefik.http.routers.web.rule'],
    ['Traefik 1', 'traefik.frontend.rule'],
    ['Traefik, in capitals', 'Traefik.HTTP.Routers.web.rule'],
    ['nginx-proxy', 'com.github.nginx-proxy.nginx-proxy.loadbalance'],
    ['acme-companion', 'com.github.jrcs.letsencrypt_nginx_proxy_companion.nginx_proxy'],
    ['caddy-docker-proxy', 'caddy'],
    ['caddy-docker-proxy, a directive', 'caddy.reverse_proxy'],
    ['caddy-docker-proxy, numbered', 'caddy_0'],
    ['caddy-docker-proxy, numbered directive', 'caddy_1.tls'],
    ['caddy-gen', 'virtual.host'],
    ['SWAG', 'swag'],
    ['SWAG, a setting', 'swag_port'],
    ['Reproxy', 'reproxy.route'],
    ['GoDoxy', 'proxy.aliases'],
    ['EasyHAProxy', 'easyhaproxy.http.host'],
    ['BunkerWeb', 'bunkerweb.SERVER_NAME'],
    ['Docker Flow Proxy', 'com.df.servicePath'],
    ['Sablier', 'sablier.enable'],
    ['TSDProxy', 'tsdproxy.name'],
    ['DockFlare', 'dockflare.hostname'],
    ['Cloudflare tunnels', 'cloudflare.tunnel.hostname'],
    ['Tinyauth', 'tinyauth.apps.web.users.allow'],
    ['dnsdock', 'com.dnsdock.alias'],
    ['CoreDNS', 'coredns.dockerdiscovery.host'],
    ['Registrator', 'SERVICE_80_NAME'],
    ['Watchtower', 'com.centurylinklabs.watchtower.scope'],
    ['Ouroboros', 'com.ouroboros.hostname'],
    ['Diun', 'diun.watch_repo'],
    ["What's up Docker", 'wud.tag.include'],
    ['autoheal', 'autoheal.stop.timeout'],
    ['docker-volume-backup', 'docker-volume-backup.stop-during-backup'],
    ['restic-compose-backup', 'restic-compose-backup.volumes'],
    ['Coolify', 'coolify.managed'],
    ['Lagoon', 'lagoon.name'],
    ['Ofelia', 'ofelia.job-exec.clean.schedule'],
    ['Chadburn', 'chadburn.enabled'],
    ['deck-chores', 'deck-chores.dump.interval'],
    ['swarm-cronjob', 'swarm.cronjob.enable'],
    ['Datadog', 'com.datadoghq.ad.logs'],
    ['Prometheus', 'prometheus.io/scrape'],
    ['Prometheus, with underscores', 'prometheus_port'],
    ['Elastic', 'co.elastic.logs/module'],
    ['Homepage', 'homepage.group'],
    ['Flame', 'flame.url'],
    ['AutoKuma', 'kuma.web.http.url'],
  ])('%s', (_, key) => {
    expect(discoveryOf(labelled(key, 'org.example.keep')).labels).toEqual([key]);
  });

  it.each([
    'caddyshack',
    'virtual',
    'swagger.url',
    'proxy.owner',
    'app.traefik.note',
    'prometheusless',
    'autohealer',
    'SERVICE_LEVEL',
    'org.opencontainers.image.title',
  ])('not %s', (key) => {
    expect(discoveryOf(labelled(key))).toEqual({ labels: [], environment: [], replacements: {} });
  });
});

describe('environment by which other programs find a container', () => {
  it('is that of nginx-proxy and its companion, and no similar name', () => {
    const environment = {
      VIRTUAL_HOST: 'shop.example',
      VIRTUAL_PORT: '80',
      VIRTUAL_HOST_MULTIPORTS: '{}',
      LETSENCRYPT_HOST: 'shop.example',
      VIRTUAL_ENV: '/venv',
      LETSENCRYPT: 'x',
    };
    expect(discoveryOf({ environment }).environment).toEqual([
      'LETSENCRYPT_HOST',
      'VIRTUAL_HOST',
      'VIRTUAL_HOST_MULTIPORTS',
      'VIRTUAL_PORT',
    ]);
  });

  it('is that of Registrator only if nothing else could use it', () => {
    expect(discoveryOf({ environment: { SERVICE_NAME: 'web', SERVICE_PORT: '80' } })).toEqual({
      labels: [],
      environment: [],
      replacements: {},
    });
    const registered = { SERVICE_NAME: 'web', SERVICE_TAGS: 'a', SERVICE_80_CHECK_HTTP: '/' };
    expect(discoveryOf({ environment: registered })).toEqual({
      labels: [],
      environment: ['SERVICE_80_CHECK_HTTP', 'SERVICE_TAGS'],
      replacements: { SERVICE_IGNORE: 'true' },
    });
  });
});

describe('what a clone has instead', () => {
  it.each([
    ['traefik.enable', 'traefik.enable', 'false'],
    ['com.centurylinklabs.watchtower.scope', 'com.centurylinklabs.watchtower.enable', 'false'],
    ['com.ouroboros.hostname', 'com.ouroboros.enable', 'false'],
    ['reproxy.port', 'reproxy.enabled', 'false'],
    ['diun.enable', 'diun.enable', 'false'],
    ['wud.watch', 'wud.watch', 'false'],
    ['autoheal', 'autoheal', 'False'],
    ['SERVICE_NAME', 'SERVICE_IGNORE', 'true'],
  ])('with %s: %s=%s', (key, instead, value) => {
    expect(discoveryOf(labelled(key)).replacements).toEqual({ [instead]: value });
  });

  it('is not among what it must not have', () => {
    const found = discoveryOf(labelled('traefik.enable', 'traefik.http.routers.web.rule'));
    expect(found.labels).toEqual(['traefik.http.routers.web.rule']);
  });

  it.each([
    ['containrrr/watchtower:1.7', 'com.centurylinklabs.watchtower.enable'],
    ['registry.example:5000/mirror/watchtower@sha256:0', 'com.centurylinklabs.watchtower.enable'],
    ['gliderlabs/registrator:master', 'SERVICE_IGNORE'],
    ['willfarrell/autoheal', 'autoheal'],
  ])('if the stack runs %s, even for a service without such labels: %s', (image, label) => {
    expect(Object.keys(discoveryOf({}, [{ image }]).replacements)).toEqual([label]);
    expect(discoveryOf({}, [{ image: 'watchtower-notes' }]).replacements).toEqual({});
  });
});
