import type { Opinion } from '../../analysis/opinion.ts';
import { errandName } from '../../analysis/source-name.ts';
import type { Gate } from '../../config/sections/outside.ts';
import { askConfigured } from '../../probes/ask-configured.ts';
import { runConfigured } from '../../probes/run-program.ts';
import type { ReleaseRun } from '../../project/run.ts';
import { ended } from '../../sentences.ts';

/** Whether each gate is open now: open is `pass`, closed is `wait`, and one that cannot be asked is an `error`. */
export function askGates(run: ReleaseRun, gates: readonly Gate[]): Promise<Opinion[]> {
  return Promise.all(
    gates.map(async (gate) => {
      const answer = await ('run' in gate ? runGate(run, gate) : getGate(run, gate));
      return { source: `gate ${errandName(gate)}`, ...answer };
    }),
  );
}

type Answer = Omit<Opinion, 'source'>;

async function runGate(run: ReleaseRun, gate: Extract<Gate, { run: unknown }>): Promise<Answer> {
  const end = await runConfigured(run, gate, run.signal);
  if ('problem' in end) return { result: 'error', text: ended(`It ${end.problem}`) };
  const text = `It ended with exit code ${end.exitCode}.`;
  return { result: end.exitCode === 0 ? 'pass' : 'wait', text };
}

async function getGate(run: ReleaseRun, gate: Extract<Gate, { get: unknown }>): Promise<Answer> {
  const { get: url, headers, expect, timeout } = gate;
  const asked = await askConfigured(run, { url, headers, timeout }, run.signal);
  if ('problem' in asked) return { result: 'error', text: ended(`Not asked: ${asked.problem}`) };
  const { status } = asked.answer;
  const isOpen = status === expect.status;
  const text = `It answers with status ${status}${isOpen ? '' : `, not ${expect.status}`}.`;
  return { result: isOpen ? 'pass' : 'wait', text };
}
