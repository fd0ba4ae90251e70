import { checksOf } from '../config/sections/analysis.ts';
import { askContainer, containerUrls, usualHeaders } from '../probes/ask-container.ts';
import { runCheck } from '../probes/checks.ts';
import type { Side } from '../rollout/operation.ts';
import { clause } from '../sentences.ts';
import type { Stage } from './stage.ts';

/** By request, its service and what was wrong with the response. */
export type Answers = ReadonlyMap<string, { service: string; problem: string | undefined }>;

/** How often the code that runs is asked: drivers prepare a statement when they see it the fifth or sixth time. */
const ROUNDS = 6;

/** Asks one side again and again; by request, its service and what was wrong each time. */
export async function repeatedAnswers(stage: Stage, side: Side) {
  const all = new Map<string, { service: string; problems: (string | undefined)[] }>();
  for (let round = 0; round < ROUNDS; round += 1)
    for (const [request, { service, problem }] of await smokeAnswers(stage, side, true)) {
      const known = all.get(request) ?? { service, problems: [] };
      all.set(request, { service, problems: [...known.problems, problem] });
    }
  return all;
}

/**
 * Runs the checks of canary.yaml on one side of the stage, and asks every service that speaks HTTP for `/`. `isPlain`: each
 * once, and only what reads.
 */
export async function smokeAnswers(
  stage: Stage,
  side: Side = 'canary',
  isPlain = false,
): Promise<Answers> {
  const run = { ...stage.run, project: { ...stage.run.project, name: stage.name } };
  const { config, slice } = run.project;
  const answers = new Map<string, { service: string; problem: string | undefined }>();
  for (const check of checksOf(config)) {
    if (isPlain && !['GET', 'HEAD'].includes(check.method)) continue;
    // Sides are compared elsewhere, with users' requests.
    const alone = { ...check, compare: false };
    const options = { side, tries: isPlain ? 1 : 2 };
    const { service, request, result, text } = await runCheck(run, alone, options);
    const problem = result === 'pass' ? undefined : clause(text);
    answers.set(`${service} ${request}`, { service, problem });
  }
  for (const { service } of slice) {
    const [url] = (await containerUrls(run, service))[side];
    if (!url) continue;
    const headers = usualHeaders(run, service);
    const question = { service, method: 'GET', target: '/', headers, limit: 1024 };
    const answer = await askContainer(run, url, side, question);
    const failed = 'status' in answer && answer.status >= 500 && `status ${answer.status}`;
    const problem = 'silence' in answer ? answer.silence : failed || undefined;
    answers.set(`${service} GET / at all`, { service, problem: problem && `GET /: ${problem}` });
  }
  return answers;
}
