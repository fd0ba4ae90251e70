import { expect, test } from 'vitest';
import { buildMap } from '../../../src/compose/map.ts';
import { chooseSlice } from '../../../src/compose/slice.ts';
import { formatMap } from '../../../src/ui/map-view.ts';
import { config, modelOf, SHOP, shopSlice } from '../../support/fixture-model.ts';

const CHOSEN = shopSlice();

test('as text: clones, shared services with reasons, and calls', () => {
  expect(formatMap(buildMap(SHOP, CHOSEN), 'text')).toMatchInlineSnapshot(`
    "Entries: the proxy splits their users
      frontend   users reach it on port 3000  -> discounts, ads

    Internal: cloned with the entries
      discounts  cloned; the other clones call its clone  -> db

    Shared: one for stable and canary
      ads        not chosen  -> db
      db         its image is postgres:17"
  `);
});

test('as mermaid', () => {
  expect(formatMap(buildMap(SHOP, CHOSEN), 'mermaid')).toMatchInlineSnapshot(`
    "graph LR
      s0[("ads")]
      s1[("db")]
      s2["discounts"]
      s3["frontend"]
      users((users)) --> s3
      s3 --> s2
      s3 --> s0
      s2 --> s1
      s0 --> s1"
  `);
});

test('as dot', () => {
  expect(formatMap(buildMap(SHOP, CHOSEN), 'dot')).toMatchInlineSnapshot(`
    "digraph canary {
      rankdir=LR;
      "ads" [shape=cylinder];
      "db" [shape=cylinder];
      "discounts" [shape=box];
      "frontend" [shape=box];
      "frontend" -> "discounts";
      "frontend" -> "ads";
      "discounts" -> "db";
      "ads" -> "db";
    }"
  `);
});

test('without a choice the services without data are candidates', () => {
  const roles = buildMap(SHOP, []).services.map(({ name, role }) => `${name} ${role}`);
  expect(roles).toEqual([
    'ads candidate',
    'db shared',
    'discounts candidate',
    'frontend candidate',
  ]);
});

test('names that a diagram would read as syntax are only ever labels', () => {
  const map = buildMap(modelOf({ end: {}, 'a.b-c': { environment: { X: 'end' } } }), []);
  expect(formatMap(map, 'mermaid').split('\n').slice(1)).toEqual([
    '  s0["a.b-c"]',
    '  s1["end"]',
    '  s0 --> s1',
  ]);
  expect(formatMap(map, 'dot')).toContain('"a.b-c" -> "end";');
});

test('ingresses are shown by name', () => {
  const model = modelOf({
    edge: { image: 'nginx', depends_on: { web: { condition: 'service_started' } } },
    web: { environment: { API: 'http://api' } },
    api: { expose: ['80'] },
  });
  const slice = chooseSlice(
    config('{ web: { behind: edge, port: 81 }, api: { mesh: true } }'),
    model,
  );
  const map = buildMap(model, slice);
  expect(map.services.map(({ name, note }) => `${name}: ${note}`)).toEqual([
    'api: cloned; the other clones call its clone; calls of web are split too',
    'edge: not chosen',
    'web: users reach it through edge',
  ]);
  expect(formatMap(map, 'mermaid')).toContain('users((users)) --> s1');
});
