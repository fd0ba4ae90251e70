import { writeFileSync } from 'node:fs';
import type { Program } from './engine.ts';
import { preload } from './preload.ts';
import { World } from './world.ts';

export const PORT = 8080;
/** How many users ask, and how often one does. */
export const CROWD = { users: 40, everyMs: 40 };
const REPOSITORY = 'registry.example/shop';

const COMPOSE = `name: shop
services:
  web:
    image: ${REPOSITORY}/web:1
    ports: ["${PORT}:80"]
    environment: { API: "http://api:9000", TOKEN: "\${TOKEN:-none}" }
    depends_on: [api]
  api:
    image: ${REPOSITORY}/api:1
    expose: ["9000"]
  db:
    image: ${REPOSITORY}/store:1
    volumes: ["data:/data"]
volumes:
  data: {}
`;

const CANARY = `version: 1
services:
  web: { entry: ${PORT} }
  api: {}
steps:
  - { weight: 5, for: 5s }
  - { weight: 50, for: 5s }
analysis: false
drain: 2s
database: { rehearse: off }
`;

/** A secret that no file, and nothing that canary prints, may have. */
export const SECRET = 'hunter2-is-no-secret';

/** A new machine with a shop: its images, its files, and its stable as plain Compose started it. */
export async function shop(
  web: Partial<Program> = {},
  { restarts = false }: { restarts?: boolean } = {},
): Promise<World> {
  await preload();
  const world = new World();
  const { engine } = world;
  const image = (name: string, program: Partial<Program>) =>
    engine.addImage(`${REPOSITORY}/${name}`, { version: name, bootsIn: 300, port: 80, ...program });
  image('web:1', {});
  image('web:2', { ...web });
  image('web:3', {});
  image('api:1', { port: 9000 });
  image('api:2', { port: 9000 });
  image('api:3', { port: 9000 });
  image('store:1', { port: 5432 });
  engine.addImage('haproxy:3.0', { version: 'haproxy', bootsIn: 0, port: 0, isProxy: true });
  const policy = restarts ? '    restart: unless-stopped\n' : '';
  const composeFile = COMPOSE.replace(/(image: .*(web|api):1\n)/g, `$1${policy}`);
  writeFileSync(world.file('compose.yml'), composeFile);
  writeFileSync(world.file('canary.yaml'), CANARY);
  writeFileSync(world.file('.env'), `TOKEN=${SECRET}\n`);
  await world.timeline.until(world.plainCompose('up', '--detach'));
  await world.timeline.pass(1000);
  return world;
}

/** The words that deploy the next version of the shop. */
export const DEPLOY = deployOf(2);

/** The words that deploy a version of it. */
export function deployOf(version: number): string[] {
  const images = ['web', 'api'].map((name) => `${name}=${REPOSITORY}/${name}:${version}`);
  return ['deploy', ...images.flatMap((each) => ['--image', each])];
}
