import { expect, test } from 'vitest';
import { passesByItself, registryProblem } from '../../../src/system/docker/registry-problem.ts';

/** What Docker Engine prints, each as seen or as its source has it. */
test.each([
  ['manifest for r/web:9 not found: manifest unknown: manifest unknown', 'image-unknown', false],
  ['unauthorized: authentication required', 'registry-refused', false],
  [
    'pull access denied for web, repository does not exist or may require docker login',
    'registry-refused',
    false,
  ],
  ['no basic auth credentials', 'registry-refused', false],
  ['error getting credentials - err: exit status 1, out: ``', 'registry-refused', false],
  ['toomanyrequests: You have reached your pull rate limit.', 'registry-limited', false],
  ['no matching manifest for linux/amd64 in the manifest list entries', 'image-unknown', false],
  ['write /var/lib/docker/tmp/x: no space left on device', 'disk-full', false],
  ['x509: certificate signed by unknown authority', 'registry-unreachable', false],
  ['dial tcp 10.0.0.1:443: connect: connection refused', 'registry-unreachable', true],
  ['dial tcp: lookup reg.acme.com: no such host', 'registry-unreachable', true],
  ['received unexpected HTTP status: 503 Service Unavailable', 'registry-unreachable', true],
  ['unexpected EOF', 'registry-unreachable', true],
  ['something new', 'pull-failed', false],
])('%s', (words, code, isTransient) => {
  expect(passesByItself(words)).toBe(isTransient);
  const error = registryProblem('reg/web:1', words);
  expect(error).toMatchObject({ code, details: [words] });
  expect(`${error.message} ${error.hint}`).toMatch(/reg\/web:1.* No user was touched\.$/);
});

test('of what Compose prints as JSON, only the message is shown', () => {
  const frames = '{"id":"a","text":"Pulling"}\n{"error":true,"message":"manifest unknown"}';
  expect(registryProblem('web:1', frames).details).toEqual(['manifest unknown']);
});
