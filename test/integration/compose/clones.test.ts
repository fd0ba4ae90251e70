import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ComposeService } from '../../../src/compose/model/model.ts';
import { render } from '../../../src/workflows/render.ts';
import { contextIn } from '../../support/fixture-context.ts';
import { resolved, serviceOf } from '../../support/fixture-override.ts';
import { branch, type Files, repository, writeFiles } from '../../support/fixture-project.ts';
import { refusal } from '../../support/fixture-refusal.ts';

const ENTRY = 'web: { entry: 3000 }';

/** A project with these compose services, with a canary of `web` and others from a branch without changes. */
async function project(services: string, chosen = ENTRY, files: Files = {}): Promise<string> {
  const folder = await repository({
    'docker-compose.yml': `name: shop\nservices:\n${services}`,
    'canary.yaml': `version: 1\nservices: { ${chosen} }\n`,
    ...files,
  });
  await branch(folder, 'next', {});
  return folder;
}

const WEB = '  web:\n    image: example/web\n    ports: ["3000:80"]\n';

async function cloneOf(services: string, chosen?: string, files?: Files): Promise<ComposeService> {
  const { after } = await resolved(await project(services, chosen, files), 'next');
  return serviceOf(after, 'web-canary');
}

describe('a clone finds the other clones', () => {
  test('under every name of their stable, and shares no name with it', async () => {
    const clone = await cloneOf(
      `${WEB}    container_name: shop-web
    hostname: web.local
    mac_address: 02:42:ac:11:65:43
    links: ["api:backend", "db:database"]
    networks: { front: { aliases: [shop], ipv4_address: 10.87.0.5 }, back: }
  api:
    image: example/api
    container_name: shop-api
    networks: { back: { aliases: [api.internal] } }
  db: { image: postgres, networks: [back] }
networks: { front: { ipam: { config: [{ subnet: 10.87.0.0/24 }] } }, back: }
`,
      `${ENTRY}, api: {}`,
    );
    expect(clone).toMatchObject({
      external_links: [
        'api-canary:api',
        'api-canary:shop-api',
        'api-canary:api.internal',
        'api-canary:backend',
      ],
      links: ['db:database'],
      networks: { front: {}, back: {} },
    });
    for (const field of ['container_name', 'hostname', 'mac_address', 'ports'] as const)
      expect(clone[field] ?? []).toEqual([]);
  });

  test('whose network, processes and memory it uses', async () => {
    const services = `${WEB}  mesh:
    image: example/mesh
    network_mode: service:web
    pid: service:web
    ipc: service:web
    volumes_from: [web:ro, keeper]
  keeper: { image: example/keeper, volumes: [/kept] }
`;
    const { after } = await resolved(await project(services, `${ENTRY}, mesh: {}`), 'next');
    expect(serviceOf(after, 'mesh-canary')).toMatchObject({
      network_mode: 'service:web-canary',
      pid: 'service:web-canary',
      ipc: 'service:web-canary',
      volumes_from: ['web-canary:ro', 'keeper'],
    });
    expect(serviceOf(after, 'mesh-canary')).not.toHaveProperty('external_links');
    // A service without its own network has no name to link to.
    expect(serviceOf(after, 'web-canary')).not.toHaveProperty('external_links');
  });

  test('by container name too', async () => {
    const services = `${WEB}    container_name: shop-web
  mesh: { image: example/mesh, network_mode: "container:shop-web" }
`;
    const { after } = await resolved(await project(services, `${ENTRY}, mesh: {}`), 'next');
    expect(serviceOf(after, 'mesh-canary').network_mode).toBe('service:web-canary');
  });

  test('without a link to one that uses another’s network and so has no name', async () => {
    const services = `${WEB}    links: [mesh, db]
  mesh: { image: example/mesh, network_mode: "service:host" }
  host: { image: example/host }
  db: { image: postgres }
`;
    const { after } = await resolved(
      await project(services, `${ENTRY}, mesh: {}, host: {}`),
      'next',
    );
    const clone = serviceOf(after, 'web-canary');
    expect(clone.links).toEqual(['db']);
    expect(Object.keys(clone.depends_on ?? {}).sort()).toEqual(['db', 'mesh-canary']);
  });

  test('or is rejected without one that shares its namespaces', async () => {
    const services = `${WEB}  mesh: { image: example/mesh, network_mode: "service:web" }\n`;
    expect(
      await refusal(async () => render(contextIn(await project(services)), 'next')),
    ).toMatchObject({
      code: 'service-not-cloneable',
      exitCode: 2,
      message:
        'Service `web` cannot be cloned without `mesh`: `mesh` shares the namespaces of `web`.',
      hint: 'Choose both in canary.yaml, or with `canary init --service web --service mesh`.',
    });
  });
});

test('a clone is built, and never pulled, whatever the policy of its service', async () => {
  const build = '    build: .\n    image: example/web\n    pull_policy: always\n';
  const clone = await cloneOf(WEB.replace('    image: example/web\n', build));
  expect(clone).toMatchObject({ pull_policy: 'never', image: expect.stringMatching(/:canary-/) });
  const pulled = await cloneOf(`${WEB}    pull_policy: always\n`);
  expect(pulled).toMatchObject({ pull_policy: 'always', image: 'example/web' });
});

describe('volumes', () => {
  const VOLUMES = `${WEB}    depends_on: [api]
    volumes: [uploads:/uploads, modules:/app/node_modules, "run:/run/web", "api:/run/api", "pg:/var/run/postgresql", /scratch]
  api: { image: example/api, volumes: ["api:/run/api"] }
  worker: { image: example/web, volumes: ["run:/run/web", "modules:/app/node_modules"] }
  db: { image: postgres, volumes: ["pg:/var/run/postgresql"] }
volumes: { uploads: , modules: , run: , api: , pg: }
`;
  const sources = ({ volumes = [] }: ComposeService) =>
    Object.fromEntries(volumes.map(({ target, source }) => [target, source]));

  test('with data and other services’ sockets are shared; caches, own sockets and anonymous ones are not', async () => {
    expect(sources(await cloneOf(VOLUMES))).toEqual({
      '/uploads': 'uploads',
      '/app/node_modules': undefined,
      '/run/web': undefined,
      '/run/api': 'api',
      '/var/run/postgresql': 'pg',
      '/scratch': undefined,
    });
  });

  test('that several clones have of their own are shared among them', async () => {
    const { after } = await resolved(await project(VOLUMES, `${ENTRY}, worker: {}`), 'next');
    for (const name of ['web-canary', 'worker-canary'])
      expect(sources(serviceOf(after, name))).toMatchObject({
        '/run/web': 'run-canary',
        '/app/node_modules': 'modules-canary',
      });
    expect(after.volumes).toHaveProperty('run-canary');
  });
});

describe('a clone gets', () => {
  test('no label or setting by which other programs find the stable, but all others', async () => {
    const clone = await cloneOf(`${WEB}    labels:
      - traefik.enable=true
      - traefik.http.routers.web.rule=Host(\`shop.example\`)
      - team=shop-\${TEAM:-a}$$
    environment: { VIRTUAL_HOST: shop.example, MODE: fast }
`);
    expect(clone.labels).toMatchObject({ team: 'shop-a$', 'traefik.enable': 'false' });
    expect(Object.keys(clone.labels ?? {})).not.toContain('traefik.http.routers.web.rule');
    expect(clone.environment).toEqual({ VIRTUAL_HOST: '', MODE: 'fast' });
  });

  test('no such label from a file either', async () => {
    const clone = await cloneOf(`${WEB}    label_file: ./labels\n`, ENTRY, {
      labels: 'caddy=shop.example\nteam=shop\n',
    });
    expect(Object.keys(clone.labels ?? {})).not.toContain('caddy');
  });

  test('the dependencies of its stable, except those that run once', async () => {
    const clone = await cloneOf(
      `${WEB}    depends_on:
      api: { condition: service_healthy }
      cache: { condition: service_started }
      migrate: { condition: service_completed_successfully }
  api: { image: example/api }
  cache: { image: redis }
  migrate: { image: example/web }
`,
      `${ENTRY}, api: {}`,
    );
    expect(clone.depends_on).toMatchObject({
      'api-canary': { condition: 'service_healthy' },
      cache: { condition: 'service_started' },
    });
    expect(clone.depends_on).not.toHaveProperty('migrate');
  });

  test('everything else unchanged', async () => {
    const rest = `    user: "1000"
    init: true
    stop_grace_period: 45s
    cap_add: [NET_ADMIN]
    ulimits: { nofile: 1024 }
    logging: { driver: json-file, options: { max-size: 1m } }
    healthcheck: { test: [CMD, "true"], interval: 5s }
    deploy: { replicas: 2, resources: { limits: { memory: 256M }, reservations: { devices: [{ capabilities: [gpu], count: 1 }] } } }
    secrets: [token]
    develop: { watch: [{ action: sync, path: ., target: /app }] }
secrets: { token: { file: ./token.txt } }
`;
    const { before, after } = await resolved(await project(WEB + rest), 'next');
    const { ports, networks, labels, depends_on, develop, ...stable } = serviceOf(
      await before(),
      'web',
    ) as Record<string, unknown>;
    expect(serviceOf(after, 'web-canary')).toMatchObject(stable);
    expect(develop).toBeDefined();
    expect(serviceOf(after, 'web-canary')).not.toHaveProperty('develop');
  });
});

describe('an image', () => {
  const SHARED = `  web:
    build: .
    image: example/app
    ports: ["3000:80"]
  worker: { image: example/app, command: work }
`;
  const DOCKERFILE = { Dockerfile: 'FROM scratch\n' };

  test('that several services run has one separate name for all clones', async () => {
    const folder = await project(SHARED, `${ENTRY}, worker: {}`, DOCKERFILE);
    const { after } = await resolved(folder, 'next');
    const { image } = serviceOf(after, 'web-canary');
    expect(image).toMatch(/^shop-web:canary-[0-9a-f]{12}$/);
    expect(serviceOf(after, 'worker-canary')).toMatchObject({ image, command: ['work'] });
    expect(serviceOf(after, 'worker').image).toBe('example/app');
  });

  test('that a service outside of the choice builds is not guessed', async () => {
    const services = `${SHARED}  api: { image: example/app, ports: ["3001:80"] }\n`;
    const folder = await project(services, 'api: { entry: 3001 }', DOCKERFILE);
    expect(await refusal(() => render(contextIn(folder), 'next'))).toMatchObject({
      code: 'service-not-cloneable',
      message: 'Service `api` cannot be cloned without `web`: it builds the image that `api` runs.',
    });
  });
});

describe('files of the branch', () => {
  const SERVICES = `${WEB}    configs: [{ source: site, target: /etc/site.conf }, { source: banner }]
    secrets: [token]
configs: { site: { file: ./site.conf }, banner: { content: "hello \${WHO:-you}" } }
secrets: { token: { file: ./token.txt } }
`;

  test('reach its canary, while secrets stay where the user keeps them', async () => {
    const folder = await project(SERVICES, ENTRY, {
      'site.conf': 'old\n',
      '.gitignore': 'token.txt\n',
    });
    await branch(folder, 'other', {
      'site.conf': 'new\n',
      'docker-compose.yml': `name: shop\nservices:\n${SERVICES.replace('hello', 'welcome')}`,
    });
    await writeFiles(folder, { 'token.txt': 's3cret\n' });
    const { after, text } = await resolved(folder, 'other');
    expect(serviceOf(after, 'web-canary')).toMatchObject({
      configs: [{ source: 'site-canary', target: '/etc/site.conf' }, { source: 'banner-canary' }],
      secrets: [{ source: 'token' }],
    });
    expect(after.configs?.['site-canary']?.file).toMatch(/worktrees\/[0-9a-f]{12}\/.+\/site.conf$/);
    expect(after.configs?.['banner-canary']?.content).toBe('welcome you');
    expect(after.configs?.site?.file).toBe(join(folder, 'site.conf'));
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Compose expands it.
    expect(text).toContain('welcome ${WHO:-you}');
  });
});

test('a secret that only the branch has is added, from where the user keeps it', async () => {
  const folder = await project(WEB, ENTRY, { '.gitignore': 'token.txt\n' });
  await branch(folder, 'other', {
    'docker-compose.yml': `name: shop\nservices:\n${WEB}    secrets: [token, word]\nsecrets: { token: { file: ./token.txt }, word: { environment: WORD } }\n`,
  });
  await writeFiles(folder, { 'token.txt': 's3cret\n' });
  const { after } = await resolved(folder, 'other');
  expect(after.secrets?.['token-canary']?.file).toBe(join(folder, 'token.txt'));
  expect(after.secrets?.['word-canary']?.environment).toBe('WORD');
});

test('a migration of a service with labels is an ordinary container', async () => {
  const folder = await repository({
    'docker-compose.yml': `name: shop\nservices:\n${WEB}    labels: ["prometheus.io/scrape=true"]\n`,
    'canary.yaml': `version: 1\nservices: { ${ENTRY} }\ndatabase: { migrate: { service: web, command: [migrate] } }\n`,
  });
  await branch(folder, 'next', {});
  const { after } = await resolved(folder, 'next');
  expect(serviceOf(after, 'web-migration')).toMatchObject({
    command: ['migrate'],
    labels: { 'dev.canary.role': 'migration', 'dev.canary.service': 'web' },
  });
});

describe('a service is cloned as Compose reads it', () => {
  test('but rejected if the branch changes an included file, which moves only with a promotion', async () => {
    const app = `services:\n${WEB}    environment: { STEP: "1" }\n`;
    const folder = await project('  db: { image: postgres }\ninclude: [app/compose.yml]\n', ENTRY, {
      'app/compose.yml': app,
    });
    await branch(folder, 'other', { 'app/compose.yml': app.replace('"1"', '"2"') });
    expect(await refusal(() => render(contextIn(folder), 'other'))).toMatchObject({
      code: 'service-not-cloneable',
      message:
        'The branch says `web` otherwise in a file that the compose file includes or extends.',
    });
  });

  test('from files in several folders', async () => {
    const folder = await project(`${WEB}    volumes: ["./code:/code"]\n`, ENTRY, {
      'code/app.txt': 'x\n',
      'web.env': 'FROM_ENV=top\n',
      'deploy/web.env': 'FROM_ENV=deploy\n',
      'deploy/prod.yml': 'services: { web: { env_file: web.env, volumes: ["./conf:/conf"] } }\n',
      'conf/a.conf': 'x\n',
    });
    const files = { files: ['docker-compose.yml', 'deploy/prod.yml'] };
    const { before, after } = await resolved(folder, 'next', files);
    const clone = serviceOf(after, 'web-canary');
    expect(serviceOf(await before(), 'web').environment).toEqual({ FROM_ENV: 'top' });
    expect(clone.environment).toEqual({ FROM_ENV: 'top' });
    expect(clone.volumes?.map(({ source }) => source)).toEqual([
      expect.stringMatching(/worktrees\/[0-9a-f]{12}\/.+\/code$/),
      expect.stringMatching(/worktrees\/[0-9a-f]{12}\/.+\/conf$/),
    ]);
  });

  test('even if one file removes what another sets', async () => {
    const services = `${WEB}    environment: { A: "1", B: "2" }\n    command: [run]\n`;
    const folder = await project(services, ENTRY, {
      'prod.yml':
        'services: { web: { environment: !override { B: "3" }, command: !reset null } }\n',
    });
    const { after } = await resolved(folder, 'next', { files: ['docker-compose.yml', 'prod.yml'] });
    expect(serviceOf(after, 'web-canary').environment).toEqual({ B: '3' });
    expect(serviceOf(after, 'web-canary').command).toBeNull();
  });

  test('from an included file, with settings that git does not track', async () => {
    const folder = await project('  db: { image: postgres }\ninclude: [app/compose.yml]\n', ENTRY, {
      'app/compose.yml': `services:\n${WEB}    env_file: web.env\n    volumes: ["./code:/code"]\n`,
      'app/code/app.txt': 'x\n',
      '.gitignore': '*.env\n',
    });
    await writeFiles(folder, { 'app/web.env': 'API_KEY=s3cret\n' });
    const { after, text } = await resolved(folder, 'next');
    const clone = serviceOf(after, 'web-canary');
    expect(clone.environment).toEqual({ API_KEY: 's3cret' });
    expect(clone.volumes?.[0]?.source).toMatch(/worktrees\/[0-9a-f]{12}\/.+\/app\/code$/);
    expect(text).not.toContain('s3cret');
  });

  test('but rejected if an include has variables of its own', async () => {
    const folder = await project(
      'include: [{ path: app/compose.yml, env_file: app/app.env }]\n'.replace(
        /^/,
        '  db: { image: postgres }\n',
      ),
      ENTRY,
      {
        'app/compose.yml': `services:\n${WEB}    environment: { TOKEN: "\${TOKEN:-none}" }\n`,
        'app/app.env': 'TOKEN=s3cret\n',
      },
    );
    const error = await refusal(() => render(contextIn(folder), 'next'));
    expect(error).toMatchObject({
      code: 'service-not-cloneable',
      exitCode: 2,
      message: 'Compose reads `environment` of `web-canary` otherwise than of `web`.',
    });
  });

  test('but rejected if Compose cannot extend it from its file', async () => {
    const folder = await project(
      '  db: { image: postgres }\ninclude: [{ path: app/compose.yml, env_file: app/app.env }]\n',
      ENTRY,
      {
        'app/compose.yml': `services:\n${WEB}    environment: { TOKEN: "\${TOKEN:-none}" }\n  other:\n    image: x\n    depends_on: ["\${TO}"]\n`,
        'app/app.env': 'TOKEN=s3cret\nTO=web\n',
      },
    );
    expect(await refusal(() => render(contextIn(folder), 'next'))).toMatchObject({
      code: 'service-not-cloneable',
      message: 'Compose can read the compose file, but not extend its services.',
    });
  });

  test('with the branch’s code in a mount of the whole project', async () => {
    const folder = await project(`${WEB}    volumes: [".:/app"]\n`, ENTRY, {
      '.gitignore': 'junk\n',
    });
    await writeFiles(folder, { junk: 'x\n' });
    const { after } = await resolved(folder, 'next');
    expect(serviceOf(after, 'web-canary').volumes?.[0]?.source).toMatch(
      /worktrees\/[0-9a-f]{12}\/.+$/,
    );
  });
});
