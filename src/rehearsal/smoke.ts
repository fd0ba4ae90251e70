import { checksOf } from '../config/sections/analysis.ts';
import { askContainer, containerUrls, usualHeaders } from '../probes/ask-container.ts';
import { runCheck } from '../probes/checks.ts';
import { clause } from '../sentences.ts';
import type { Stage } from './stage.ts';

/** By request, its service and what was wrong with the response. */
export type Answers = ReadonlyMap<string, { service: string; problem: string | undefined }>;

/** Runs the checks of canary.yaml on the stage, and asks every service that speaks HTTP for `/`. */
export async function smokeAnswers(stage: Stage): Promise<Answers> {
  const run = { ...stage.run, project: { ...stage.run.project, name: stage.name } };
  const { config, slice } = run.project;
  const answers = new Map<string, { service: string; problem: string | undefined }>();
  for (const check of checksOf(config)) {
    // Only one of the two sides is on the stage.
    const { service, request, result, text } = await runCheck(run, {
      ...check,
      compare: false,
    });
    const problem = result === 'pass' ? undefined : clause(text);
    answers.set(`${service} ${request}`, { service, problem });
  }
  for (const { service } of slice) {
    const [url] = (await containerUrls(run, service)).canary;
    if (!url) continue;
    const headers = usualHeaders(run, service);
    const question = { service, method: 'GET', target: '/', headers, limit: 1024 };
    const answer = await askContainer(run, url, 'canary', question);
    const failed = 'status' in answer && answer.status >= 500 && `status ${answer.status}`;
    const problem = 'silence' in answer ? answer.silence : failed || undefined;
    answers.set(`${service} GET / at all`, { service, problem: problem && `GET /: ${problem}` });
  }
  return answers;
}
