import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ComposeModel } from '../../../src/compose/model/model.ts';
import { canaryImage } from '../../../src/compose/model/names.ts';
import { cloneSource, overrideText } from '../../../src/execution/override-file.ts';
import { checkOutImages } from '../../../src/project/checkout/in-place.ts';
import { loadProject } from '../../../src/project/load.ts';
import { revisionOf } from '../../../src/rollout/source.ts';
import { contextIn } from '../../support/fixture-context.ts';
import { emptyFolder, type Files, writeFiles } from '../../support/fixture-project.ts';

const IMAGES = [
  { service: 'web', reference: 'acme/web:2', digest: `sha256:${'ab'.repeat(32)}` },
  { service: 'worker', reference: 'acme/worker:7', imageId: 'sha256:cd', isSame: true as const },
];
const SOURCE = { images: IMAGES, variables: { VERSION: '2' } };

/** What Compose makes of stable and canary together, and the override's text. */
async function withCanary(files: Files): Promise<{ model: ComposeModel; text: string }> {
  const folder = await emptyFolder();
  await writeFiles(folder, files);
  const context = contextIn(folder);
  const project = await loadProject(context);
  expect(project.isInGit).toBe(false);
  const checkout = await checkOutImages(context, project, SOURCE);
  const release = { id: 'r1', branch: '', commit: checkout.commit, services: ['web', 'worker'] };
  const text = overrideText(project, cloneSource({ project, checkout, release }));
  const override = join(folder, 'override.yml');
  await writeFiles(folder, { 'override.yml': text });
  const all = { ...project.scope, files: [...project.files, override] };
  return { model: await context.compose.model(all), text };
}

const CONFIG = { 'canary.yaml': 'version: 1\nservices: { web: { entry: 80 }, worker: {} }\n' };

test('a variable has another value for the canary alone, and no secret is written', async () => {
  const { model, text } = await withCanary({
    ...CONFIG,
    '.env': 'VERSION=1\nPASSWORD=hidden$1\n',
    'app.env': 'FROM_FILE=one\n',
    'docker-compose.yml': `name: shop
services:
  web:
    image: acme/web:\${VERSION:-0}
    build: .
    pull_policy: always
    ports: ["80:8000"]
    env_file: app.env
    environment: ["DSN=pg://u:\${PASSWORD}@db/v\${VERSION}", "COST=$$5", "NEXT=\${NEXT:-\${VERSION}}"]
    labels: { "release.\${VERSION}": "\${VERSION}" }
    volumes: ["./data:/data", "./nginx.conf:/etc/nginx.conf:ro"]
  worker: { image: "acme/worker:7", command: ["run", "\${PASSWORD}"] }
  db: { image: postgres }
`,
  });
  const image = (service: string) => canaryImage('shop', service, revisionOf(SOURCE));
  const { web, worker } = model.services;
  expect(web).toMatchObject({
    image: 'acme/web:1',
    environment: { DSN: 'pg://u:hidden$1@db/v1', COST: '$5', NEXT: '1', FROM_FILE: 'one' },
  });
  const clone = model.services['web-canary'];
  expect(clone).toMatchObject({
    image: image('web'),
    pull_policy: 'never',
    environment: { DSN: 'pg://u:hidden$1@db/v2', COST: '$5', NEXT: '2', FROM_FILE: 'one' },
    labels: { 'release.2': '2' },
  });
  expect(clone?.build).toBeUndefined();
  expect(clone?.volumes).toEqual(web?.volumes);
  expect(model.services['worker-canary']).toMatchObject({
    image: image('worker'),
    command: worker?.command,
  });
  expect(text).not.toContain('hidden');
});

test('a definition that includes and extends others', async () => {
  const { model } = await withCanary({
    ...CONFIG,
    '.env': 'VERSION=1\n',
    'docker-compose.yml':
      'name: shop\ninclude: [web.yml]\nservices: { worker: { image: "acme/worker:7" } }\n',
    'web.yml':
      'services:\n  web: { extends: { file: base.yml, service: base }, ports: ["80:8000"] }\n',
    'base.yml': `services:\n  base: { image: "acme/web:\${VERSION}", environment: { V: "\${VERSION}" } }\n`,
  });
  expect(model.services.web).toMatchObject({ image: 'acme/web:1', environment: { V: '1' } });
  expect(model.services['web-canary']?.environment).toEqual({ V: '2' });
});
