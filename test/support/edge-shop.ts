import { hopShop } from './hop-shop.ts';
import type { Storedog } from './storedog.ts';

/** A proxy as people put it in front of their services: its package, its configuration, its command. */
export interface EdgeKind {
  name: string;
  /** Only the proxy, from Debian's packages. */
  install: string;
  command: string;
  configuration: { path: string; text: string };
}

export const NGINX: EdgeKind = {
  name: 'nginx',
  install: 'nginx-light',
  command: '["nginx", "-g", "daemon off;"]',
  configuration: {
    path: '/etc/nginx/nginx.conf',
    text: `events { worker_connections 8192; }
http {
  access_log off;
  upstream app { server web:3000; keepalive 16; }
  server {
    listen 8080;
    location / {
      proxy_pass http://app;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    }
  }
}
`,
  },
};

export const CADDY: EdgeKind = {
  name: 'caddy',
  install: 'caddy',
  command: '["caddy", "run", "--config", "/etc/caddy/Caddyfile"]',
  configuration: {
    path: '/etc/caddy/Caddyfile',
    text: `{
  admin off
}
:8080 {
  reverse_proxy web:3000
}
`,
  },
};

/** `web` publishes nothing: its users come through `edge`. Production runs, without canary. */
export function edgeShop({ install, command, configuration }: EdgeKind): Promise<Storedog> {
  return hopShop(
    ({ preview }) => `{ web: { behind: edge, port: 3000, preview: ${preview} } }`,
    ({ port, build }) => `services:
  edge:
    build:
      dockerfile_inline: |
        FROM \${NODE_IMAGE:-node:20-slim}
        USER root
        RUN apt-get update && apt-get install -y --no-install-recommends ${install} && rm -rf /var/lib/apt/lists/*
        CMD ${command}
    configs: [{ source: edge, target: ${configuration.path} }]
    ports: ["${port}:8080"]
    stop_signal: SIGQUIT
    depends_on: [web]
  web:
    ${build}
configs:
  edge:
    content: |
${configuration.text.replaceAll('$', '$$$$').replace(/^/gm, '      ')}
`,
  );
}
