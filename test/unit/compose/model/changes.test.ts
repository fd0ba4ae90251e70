import { expect, test } from 'vitest';
import { changedOutside } from '../../../../src/compose/model/changes.ts';
import type { ComposeModel } from '../../../../src/compose/model/model.ts';

function services(root: string, tag = '17'): ComposeModel['services'] {
  return {
    frontend: { build: { context: `${root}/frontend` } },
    worker: {
      build: { context: `${root}/worker` },
      volumes: [{ type: 'bind', source: `${root}/conf`, target: '/conf' }],
    },
    tools: { build: { context: root } },
    db: { image: `postgres:${tag}` },
  };
}

function changed(paths: readonly string[], tag?: string): string[] {
  return changedOutside({
    slice: ['frontend'],
    root: '/srv/shop',
    before: services('/srv/shop'),
    after: services('/srv/shop', tag),
    paths,
  });
}

test('a change of the cloned services alone affects no other service', () => {
  expect(changed([])).toEqual([]);
});

test('a service that is built from a changed folder is named, by whole folder names', () => {
  expect(changed(['worker/main.py'])).toEqual(['tools', 'worker']);
  expect(changed(['worker-docs/main.md'])).toEqual(['tools']);
});

test('a changed definition is named', () => {
  expect(changed([], '18')).toEqual(['db']);
});

test('a new service is named', () => {
  const after = { cache: { image: 'redis' } };
  const found = changedOutside({ slice: [], root: '/a', before: {}, after, paths: [] });
  expect(found).toEqual(['cache']);
});
