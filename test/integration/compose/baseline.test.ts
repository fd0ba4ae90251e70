import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { replicasOf } from '../../../src/compose/model/model.ts';
import { renderOverride } from '../../../src/compose/render/override.ts';
import { loadProject } from '../../../src/project/load.ts';
import { contextIn } from '../../support/fixture-context.ts';
import { serviceOf, stableWithoutPorts } from '../../support/fixture-override.ts';
import { CANARY, repository, SHOP_FILES } from '../../support/fixture-project.ts';

/** A service with everything that a second container of it must not have. */
const RICH = `name: shop
services:
  frontend:
    build: ./frontend
    image: registry.example/frontend
    pull_policy: always
    container_name: the-frontend
    hostname: shop
    ports: ["3000:80", "9090:9090"]
    environment: [DISCOUNTS_URL=http://discounts:5001]
    networks: { front: { aliases: [shop] }, back: { ipv4_address: 10.99.0.5 } }
    depends_on: [discounts]
    volumes: ["./pages:/pages"]
  discounts: { build: ./discounts, expose: ["5001"], networks: [back] }
networks:
  front:
  back: { ipam: { config: [{ subnet: 10.99.0.0/24 }] } }
`;
const IMAGE = `sha256:${'1'.repeat(64)}`;

const NAME = 'container_name: the-frontend';

// A name excludes several replicas.
test.each([NAME, 'deploy: { replicas: 3 }', 'scale: 3'])(
  'Compose resolves one baseline without the stable’s names, and leaves the stable unchanged: %s',
  async (line) => {
    const folder = await repository({
      ...SHOP_FILES,
      'docker-compose.yml': RICH.replace(NAME, line),
      'canary.yaml': `${CANARY}analysis: { baseline: true }\n`,
    });
    const context = contextIn(folder);
    const project = await loadProject(context);
    const baselines = { frontend: { image: IMAGE, files: ['docker-compose.yml'] } };
    const path = join(folder, 'rendered.yml');
    await writeFile(path, renderOverride({ ...project, clones: undefined, baselines }));
    const files = [...project.files, path];
    const after = await context.compose.model({ ...project.scope, files });

    const stable = serviceOf(project.model, 'frontend');
    const baseline = serviceOf(after, 'frontend-baseline');
    expect(baseline).toMatchObject({
      image: IMAGE,
      pull_policy: 'never',
      environment: stable.environment,
      volumes: stable.volumes,
      depends_on: stable.depends_on,
      labels: { 'dev.canary.role': 'baseline', 'dev.canary.service': 'frontend' },
    });
    expect(replicasOf(baseline)).toBe(1);
    expect(baseline.build ?? null).toBeNull();
    expect(baseline.container_name).toBeUndefined();
    expect(baseline.hostname).toBeUndefined();
    expect(baseline.ports ?? []).toEqual([]);
    expect(Object.keys(baseline.networks ?? {}).sort()).toEqual(['back', 'front']);
    expect(JSON.stringify(baseline.networks)).not.toMatch(/alias|10\.99/);
    const names = ['frontend', 'discounts'];
    expect(stableWithoutPorts(after, names)).toEqual(stableWithoutPorts(project.model, names));
  },
);
