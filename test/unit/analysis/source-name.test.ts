import { expect, test } from 'vitest';
import { errandName } from '../../../src/analysis/source-name.ts';

const VARIABLE = `\${WEBHOOK}`;

test.each([
  [{ run: ['./scripts/tell.sh', '--token', 'hush'] }, './scripts/tell.sh'],
  [{ run: ['a\u001b[2J'] }, 'a\\u001b[2J'],
  [
    { post: 'https://ada:hush@hooks.example.com:8443/T000?key=hush' },
    'POST hooks.example.com:8443',
  ],
  [{ post: VARIABLE }, `POST ${VARIABLE}`],
  [{ get: `https://example.com/${VARIABLE}` }, 'GET example.com'],
  [{ get: 'http://example.com?key=hush' }, 'GET example.com'],
])('%j is called %s', (errand, name) => {
  expect(errandName(errand)).toBe(name);
});
