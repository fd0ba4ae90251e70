import { checksOf, shapeOf } from '../config/analysis.ts';
import type { AnswerFinding } from './answer-finding.ts';
import type { AskRun } from './ask-container.ts';
import { runCheck } from './checks.ts';
import { compareNow } from './compare-pages.ts';

/** What every check, and the comparison with the stable, say of the canary now. */
export interface Examination {
  checks: AnswerFinding[];
  shape: AnswerFinding[];
}

/** Runs every check and compares what users ask for now. Changes nothing, but for what the checks themselves ask. */
export async function examine(run: AskRun): Promise<Examination> {
  const { config } = run.project;
  const shape = shapeOf(config);
  const findings: AnswerFinding[] = [];
  for (const check of checksOf(config)) findings.push(await runCheck(run, check));
  return { checks: findings, shape: shape ? await compareNow(run, shape) : [] };
}

/** What all of it comes to; a failure weighs more than what could not be measured. Nothing asked is no pass. */
export function resultOf(examination: Examination): AnswerFinding['result'] {
  const results = countedOf(examination).map(({ result }) => result);
  if (results.includes('fail')) return 'fail';
  return results.length === 0 || results.includes('error') ? 'error' : 'pass';
}

/** The sentences of one result, each once. */
export function reasonsOf(examination: Examination, wanted: AnswerFinding['result']): string[] {
  const found = countedOf(examination).filter(({ result }) => result === wanted);
  return [...new Set(found.map(({ text }) => text))];
}

/** Some page may be an endless stream, or slow: one that the stable does not answer counts only where it answers none. */
function countedOf({ checks, shape }: Examination): AnswerFinding[] {
  const measured = shape.filter(({ result }) => result !== 'error');
  return [...checks, ...(measured.length > 0 ? measured : shape)];
}
