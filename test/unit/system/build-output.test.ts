import { expect, test } from 'vitest';
import { failingStep } from '../../../src/system/docker/build-output.ts';
import { tail } from '../../../src/system/process.ts';

const lines = (count: number, text: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => text(index + 1));

test('of several builds at once only the failing step is shown, with its last 30 lines', () => {
  const output = [
    '#5 [api 1/3] FROM example/node',
    '#6 [web 2/3] RUN npm ci',
    ...lines(40, (index) => `#6 1.${index} line ${index}`),
    '#7 [api 2/3] RUN make',
    '#7 0.5 fine',
    '#6 3.1 npm error missing script',
    '#6 ERROR: process "/bin/sh -c npm ci" did not complete successfully: exit code: 1',
    '#7 CANCELED',
    '------',
    ' > [web 2/3] RUN npm ci:',
    '3.1 npm error missing script',
    '------',
    'failed to solve: process "/bin/sh -c npm ci" did not complete successfully: exit code: 1',
  ].join('\n');
  expect(failingStep(output)).toEqual([
    '[web 2/3] RUN npm ci',
    ...lines(29, (index) => `line ${index + 11}`),
    'npm error missing script',
    'ERROR: process "/bin/sh -c npm ci" did not complete successfully: exit code: 1',
  ]);
});

test('without steps, the last lines are shown', () => {
  const output = lines(40, (index) => `line ${index}`).join('\n');
  expect(failingStep(`${output}\n\nreturned a non-zero code: 3\n`)).toEqual([
    ...lines(29, (index) => `line ${index + 11}`),
    'returned a non-zero code: 3',
  ]);
});

test('a line without an end is cut', () => {
  const long = 'x'.repeat(10_000_000);
  expect(failingStep(`#5 [a 1/1] RUN b\n#5 1.0 ${long}\n#5 ERROR: c\n`)[1]).toHaveLength(2001);
  expect(tail(`a\n${long}`)).toEqual(['a', `${'x'.repeat(2000)}…`]);
});
