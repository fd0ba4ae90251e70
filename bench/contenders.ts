import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseConfig } from '../src/config/parse.ts';
import { renderConfiguration } from '../src/proxy/configuration.ts';
import { byWeight, splitFile } from '../src/proxy/weight-map.ts';
import type { Images } from './docker.ts';

export const PORT = 8000;
const WEIGHT = 10;
const USER_HEADER = 'X-User-Id';

/** A proxy in front of the same two apps. */
export interface Contender {
  name: string;
  what: string;
  image: string;
  files: Record<string, string>;
  /** Where its folder is mounted. */
  target: string;
  command?: readonly string[];
}

/** In the order in which a round measures them. The first is ours, the second what it is compared with. */
export function contenders({ haproxy, nginx, caddy }: Images): Contender[] {
  return [
    {
      name: 'canary',
      what: `canary's own configuration, ${WEIGHT} % on the canary`,
      image: haproxy,
      target: '/run/canary',
      files: {
        'haproxy.cfg': ours(),
        'weights.map': splitFile(byWeight(WEIGHT)),
        'users.map': '',
      },
      command: ['haproxy', '-W', '-db', '-f', '/run/canary/haproxy.cfg'],
    },
    {
      name: 'haproxy',
      what: 'the same HAProxy, one backend with one server, no split',
      image: haproxy,
      target: '/bench',
      files: { 'haproxy.cfg': PLAIN },
      command: ['haproxy', '-W', '-db', '-f', '/bench/haproxy.cfg'],
    },
    {
      name: 'nginx',
      what: `split_clients by user, ${WEIGHT} %, kept connections`,
      image: nginx,
      target: '/bench',
      files: { 'nginx.conf': NGINX },
    },
    {
      name: 'caddy',
      what: `hash of the user over ten upstreams, one of them the canary`,
      image: caddy,
      target: '/bench',
      files: { Caddyfile: CADDY },
    },
  ];
}

export async function writeFiles(folder: string, files: Record<string, string>): Promise<void> {
  await mkdir(folder, { recursive: true });
  // HAProxy's own user creates its socket there.
  await chmod(folder, 0o777);
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
}

/** As `up` renders it from a canary.yaml with no more than it must have. */
function ours(): string {
  const yaml = `version: 1\nservices: { app: { entry: ${PORT} } }\nidentity: [header:${USER_HEADER}]\n`;
  const { identity, match, force, shield, breaker, proxy } = parseConfig(yaml, 'canary.yaml');
  return renderConfiguration({
    routes: [
      {
        service: 'app',
        clone: 'app-canary',
        port: 80,
        entry: { port: PORT, preview: undefined, shield, breaker },
      },
    ],
    identity,
    match,
    forceHeader: force.header,
    tolerance: proxy,
    owner: { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 },
  });
}

/** The reference: logs and keeps connections as ours does. */
const PLAIN = `global
  log stdout format raw local0 info
  user haproxy
  group haproxy

defaults
  mode http
  log global
  option httplog
  option dontlognull
  option forwardfor
  timeout connect 2s
  timeout http-request 30s
  timeout http-keep-alive 5s
  timeout client 10m
  timeout server 10m

frontend all
  bind :${PORT}
  default_backend app

backend app
  server app app:80 check
`;

const NGINX = `worker_processes 1;
events { worker_connections 512; }
http {
  access_log /dev/stdout combined;
  keepalive_requests 1000000000;
  split_clients $http_x_user_id $side {
    ${WEIGHT}% canary;
    * stable;
  }
  upstream stable { server app:80; keepalive 64; keepalive_requests 1000000000; }
  upstream canary { server app-canary:80; keepalive 64; keepalive_requests 1000000000; }
  server {
    listen ${PORT} reuseport;
    location / {
      proxy_pass http://$side;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    }
  }
}
`;

/** Debian's Caddy has no weights yet: nine names of the stable beside one of the canary; users keep their side. */
const CADDY = `{
  admin off
  auto_https off
}
:${PORT} {
  log {
    output stdout
  }
  reverse_proxy ${stableNames().join(' ')} app-canary:80 {
    lb_policy header ${USER_HEADER}
  }
}
`;

/** Further names of the stable's app. */
export function stableNames(): string[] {
  return Array.from({ length: 100 / WEIGHT - 1 }, (_, at) => `app${at + 1}:80`);
}
