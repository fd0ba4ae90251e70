import { expect, test } from 'vitest';
import { readDefinitions } from '../../../../src/compose/model/definitions.ts';

const read = (text: string) => {
  const { services, envFiles } = readDefinitions(text);
  return { services: [...services], envFiles };
};

test('services are those the file itself defines', () => {
  expect(read('services:\n  web: { image: x }\n  db:\nvolumes:\n  data:\n')).toEqual({
    services: ['web', 'db'],
    envFiles: [],
  });
});

test('env_file is read in each of the ways Compose allows', () => {
  const text = `
services:
  a: { env_file: ./a.env }
  b: { env_file: [b1.env, b2.env] }
  c:
    env_file:
      - path: c.env
        required: false
  d: { env_file: "\${STAGE}.env" }
  e: { label_file: e.labels }
`;
  expect(read(text).envFiles).toEqual([
    './a.env',
    'b1.env',
    'b2.env',
    'c.env',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: as Compose writes variables.
    '${STAGE}.env',
    'e.labels',
  ]);
});

test('anchors and merge keys are followed', () => {
  const text = `
x-base: &base { env_file: base.env }
services:
  web:
    <<: *base
    image: x
`;
  expect(read(text)).toEqual({ services: ['web'], envFiles: ['base.env'] });
});

test('Compose’s own tags are accepted', () => {
  const text = `
services:
  web:
    ports: !reset []
    container_name: !reset null
    environment: !override { A: b }
    command: !override [run]
`;
  expect(read(text).services).toEqual(['web']);
});

test.each([
  ['an empty file', ''],
  ['a file without services', 'volumes: { data: {} }\n'],
  ['services without any', 'services:\n'],
])('%s defines nothing', (_, text) => {
  expect(read(text)).toEqual({ services: [], envFiles: [] });
});

test('a file with several documents defines the services of all, as in Compose', () => {
  const text = 'services:\n  web: { env_file: web.env }\n---\nservices:\n  db: { image: x }\n';
  expect(read(text)).toEqual({ services: ['web', 'db'], envFiles: ['web.env'] });
});

test.each([
  ['services: { web: { env_file: a.env } }', true],
  ['services: { web: { env_file: !override [!!str a.env] } }', true],
  ['services: { web: { env_file: !!binary YS5lbnY= } }', false],
  ['services: {\n\tweb: { env_file: a.env }}', false],
  ['s\0e\0r\0', false],
])('%j is read as Compose reads it: %s', (text, isClear) => {
  expect(readDefinitions(text).isClear).toBe(isClear);
});

test.each(['\r', '\u0085', '\u2028', '\u2029'])('%j ends a comment, as for Compose', (end) => {
  expect(read(`services: # a${end}  web: { env_file: a.env }`).envFiles).toEqual(['a.env']);
});

test.each([
  'services: { web: { env_file: [{ path: 5 }] } }',
  'services: { web: { env_file: [{ path: [a] }] } }',
  'services: { web: { extends: { file: 5 } } }',
  'include: [{ path: 5 }]',
  'include: [{ path: a.yml, project_directory: { a: b } }]',
  'include: [{ path: a.yml, env_file: [5] }]',
])('what is no path is left out, and the file is not clear: %s', (text) => {
  const { envFiles, includes, extended, isClear } = readDefinitions(text);
  expect({ envFiles, includes, extended, isClear }).toEqual({
    ...{ envFiles: [], includes: [], extended: [] },
    isClear: false,
  });
});
