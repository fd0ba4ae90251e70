import { checksOf, shapeOf } from '../config/sections/analysis.ts';
import type { Examination, ProbeResult } from '../documents/examination.ts';
import type { Run } from '../project/run.ts';
import { runCheck } from './checks.ts';
import { compareNow } from './shape.ts';

/** Runs every check and compares what users request now. Changes nothing, except what the checks' requests do. */
export async function examine(run: Run): Promise<Examination> {
  const { config } = run.project;
  const shape = shapeOf(config);
  const results: ProbeResult[] = [];
  for (const check of checksOf(config)) results.push(await runCheck(run, check));
  return { checks: results, shape: shape ? await compareNow(run, shape) : [] };
}

/** The overall result; a failure outweighs what could not be measured. Without any result it is not a pass. */
export function resultOf(examination: Examination): ProbeResult['result'] {
  const results = countedOf(examination).map(({ result }) => result);
  if (results.includes('fail')) return 'fail';
  return results.length === 0 || results.includes('error') ? 'error' : 'pass';
}

/** The sentences of one result, each once. */
export function reasonsOf(examination: Examination, wanted: ProbeResult['result']): string[] {
  const found = countedOf(examination).filter(({ result }) => result === wanted);
  return [...new Set(found.map(({ text }) => text))];
}

/** A page may be slow or an endless stream: an unanswered page counts only if the stable answers none. */
function countedOf({ checks, shape }: Examination): ProbeResult[] {
  const measured = shape.filter(({ result }) => result !== 'error');
  return [...checks, ...(measured.length > 0 ? measured : shape)];
}
