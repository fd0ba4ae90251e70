import { readFile } from 'node:fs/promises';
import { hopShop } from './hop-shop.ts';
import type { Storedog } from './storedog.ts';

/** `web` is found by Traefik labels, `site` by the environment of nginx-proxy. Production runs, without canary. */
export async function labelShop(): Promise<Storedog> {
  const router = await readFile(new URL('label-router.mjs', import.meta.url), 'utf8');
  return hopShop(
    ({ preview }) =>
      `{ web: { labels: traefik, port: 3000, preview: ${preview} }, site: { labels: nginx-proxy, port: 3000 } }`,
    ({ port, build }) => `services:
  router:
    image: \${NODE_IMAGE:-node:20-slim}
    user: root
    command: [node, /router.mjs]
    environment: { PROJECT: "\${COMPOSE_PROJECT_NAME}" }
    configs: [{ source: router, target: /router.mjs }]
    volumes: ["/var/run/docker.sock:/run/docker.sock"]
    ports: ["${port}:8080"]
    init: true
  web:
    ${build}
    labels:
      - traefik.enable=true
      - "traefik.http.routers.\${COMPOSE_PROJECT_NAME}-web.rule=Host(\`\${WEB_DOMAIN:-127.0.0.1}\`)"
      - traefik.http.services.web.loadbalancer.server.port=3000
  site:
    ${build}
    environment: { VIRTUAL_HOST: "\${SITE_DOMAIN:-localhost}", VIRTUAL_PORT: "3000" }
configs:
  router:
    content: |
${router.replaceAll('$', '$$$$').replace(/^/gm, '      ')}
`,
  );
}
