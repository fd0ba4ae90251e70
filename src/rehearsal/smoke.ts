import { checksOf } from '../config/analysis.ts';
import {
  type AskRun,
  askContainer,
  containersNow,
  containerUrls,
  silenceOf,
  usualHeaders,
} from '../probes/ask-container.ts';
import { runCheck } from '../probes/checks.ts';
import type { RehearsalRun } from './rehearsal-run.ts';
import type { Stage } from './stage.ts';

/** By request, whose it is and what was wrong with its answer. */
export type Answers = ReadonlyMap<string, { service: string; problem?: string }>;

const PATIENCE_MS = 10_000;

/** Runs the checks of canary.yaml on the stage, and asks every service that speaks HTTP for `/`. */
export async function smokeAnswers(run: RehearsalRun, stage: Stage): Promise<Answers> {
  const { context, signal } = run;
  const project = { ...run.project, name: stage.name };
  const asking: AskRun = { context, project, signal };
  const answers = new Map<string, { service: string; problem?: string }>();
  for (const check of checksOf(project.config)) {
    // Of the two sides only one is here.
    const { service, request, result, text } = await runCheck(asking, { ...check, compare: false });
    answers.set(`${service} ${request}`, {
      service,
      ...(result === 'pass' ? {} : { problem: text.replace(/\.$/, '') }),
    });
  }
  const containers = await containersNow(asking);
  for (const { service } of project.slice) {
    const [place] = containerUrls(asking, containers, 'canary', service);
    if (!place) continue;
    const problem = await askForRoot(asking, place, service);
    answers.set(`${service} GET / at all`, { service, ...(problem ? { problem } : {}) });
  }
  return answers;
}

async function askForRoot(
  run: AskRun,
  place: string,
  service: string,
): Promise<string | undefined> {
  const question = {
    ...{ service, method: 'GET', target: '/', headers: usualHeaders(run, service) },
    ...{ timeout: PATIENCE_MS, limit: 1024 },
  };
  try {
    const { status } = await askContainer(run, place, 'canary', question);
    return status >= 500 ? `GET /: status ${status}` : undefined;
  } catch (error) {
    run.signal.throwIfAborted();
    return `GET /: ${silenceOf(error)}`;
  }
}
