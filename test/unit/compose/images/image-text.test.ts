import { describe, expect, test } from 'vitest';
import { namesImage, setImage } from '../../../../src/compose/images/image-text.ts';

const NEW = 'registry.acme.example:5000/acme/web:1.4.2';

describe('the image of a service is changed, and nothing else', () => {
  test.each([
    ['plain', 'services:\n  web:\n    image: acme/web:1 # now\n    ports: ["80:80"]\n'],
    ['in double quotes', 'services: {web: {image: "acme/web:1", user: x}}\n'],
    ['in single quotes', "services:\n  web:\n    image: 'acme/web:1'\n"],
    ['with line ends of Windows', 'services:\r\n  web:\r\n    image: acme/web:1\r\n'],
    [
      'beside one of the same name',
      'services:\n  job: {image: acme/web:1b}\n  web: {image: acme/web:1}\n',
    ],
    ['without an end of the last line', 'services:\n  web:\n    image: acme/web:1'],
    ['by its digest', `services:\n  web:\n    image: acme/web@sha256:${'0'.repeat(64)}\n`],
  ])('%s', (_, text) => {
    const changed = setImage(text, 'web', NEW);
    const old = text.includes('@') ? `acme/web@sha256:${'0'.repeat(64)}` : /acme\/web:1(?!b)/;
    expect(changed).toBe(text.replace(old, NEW));
  });
});

test.each([
  ['a variable', 'services: {web: {image: "acme/web:$TAG"}}'],
  ['an anchor that others use', 'services: {web: {image: &i acme/web:1}, job: {image: *i}}'],
  ['an alias', 'x: &i acme/web:1\nservices: {web: {image: *i}}'],
  ['a merge', 'x: &w {image: acme/web:1}\nservices: {web: {<<: *w}}'],
  ['a folded text', 'services:\n  web:\n    image: >-\n      acme/web:1\n'],
  ['another service alone', 'services: {job: {image: acme/web:1}}'],
  ['no image', 'services: {web: {build: .}}'],
  ['two documents', 'services: {web: {image: a}}\n---\nservices: {web: {image: b}}\n'],
  ['what is no YAML', 'services: {web: {image: a'],
  ['a name that every object has', 'services: {}'],
])('%s is left to a person', (_, text) => {
  expect(setImage(text, text === 'services: {}' ? 'constructor' : 'web', NEW)).toBeUndefined();
});

test('a file names the image of a service however it is written', () => {
  expect(namesImage('services: {web: {image: "$X"}}', 'web')).toBe(true);
  expect(namesImage('services: {web: {build: .}}', 'web')).toBe(false);
  expect(namesImage('services: {job: {image: a}}', 'web')).toBe(false);
  expect(namesImage('- a\n- b\n', 'web')).toBe(false);
});
