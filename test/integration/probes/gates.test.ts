import { expect, test } from 'vitest';
import { askGates } from '../../../src/release/steps/gates.ts';
import { analysisRun, answering } from '../../support/fixture-analysis.ts';

const SECRET = `\${SECRET}`;

async function asked(gate: object, env: Record<string, string> = {}) {
  const { run } = await analysisRun({ steps: [{ weight: 5, gates: [gate] }] }, { env });
  const [opinion] = await askGates(run, run.project.config.steps[0]?.gates ?? []);
  return opinion;
}

test.each([
  [['true'], 'gate true', 'pass', 'It ended with exit code 0.'],
  [['sh', '-c', 'exit 7'], 'gate sh', 'wait', 'It ended with exit code 7.'],
  [['./missing'], 'gate ./missing', 'error', 'It was not found.'],
  [['sleep', '60'], 'gate sleep', 'error', 'It did not end within 200 ms.'],
])('a program: %j', async (run, source, result, text) => {
  const limit = run[0] === 'sleep' ? { timeout: '200ms' } : {};
  expect(await asked({ run, ...limit })).toEqual({ source, result, text });
});

test.each([
  [{ status: 200 }, undefined, 'pass', 'It answers with status 200.'],
  [{ status: 204 }, { status: 204 }, 'pass', 'It answers with status 204.'],
  [{ status: 503 }, undefined, 'wait', 'It answers with status 503, not 200.'],
  [undefined, undefined, 'error', 'Not asked: no answer within 200 ms.'],
])('a server: %j, expected %j', async (answer, expect_, result, text) => {
  const { url } = await answering(() => answer);
  const gate = {
    get: `${url}/ready?key=${SECRET}`,
    ...(!answer && { timeout: '200ms' }),
    ...(expect_ && { expect: expect_ }),
  };
  const source = `gate GET ${new URL(url).host}`;
  expect(await asked(gate, { SECRET: 'hush' })).toEqual({ source, result, text });
});

test('a missing secret is named', async () => {
  expect(await asked({ get: `https://example.invalid/${SECRET}` })).toEqual({
    source: 'gate GET example.invalid',
    result: 'error',
    text: 'Not asked: SECRET is not set in the environment.',
  });
});

test('an interrupt ends the requests', async () => {
  const { url } = await answering(() => {
    interrupt.abort(new Error('Interrupted.'));
    return undefined;
  });
  const { run, interrupt } = await analysisRun({ steps: [{ weight: 5, gates: [{ get: url }] }] });
  await expect(askGates(run, run.project.config.steps[0]?.gates ?? [])).rejects.toThrow(
    'Interrupted.',
  );
});
