import type { Opinion } from '../../analysis/opinion.ts';
import { routeGroup } from '../../analysis/route-group.ts';
import type { ShapeSettings } from '../../config/shape.ts';
import type { Sample } from '../../proxy/samples.ts';
import { lookingSource } from './background.ts';
import { compareSides } from './compare-sides.ts';
import { type Finding, sidesFinding } from './finding.ts';
import { recentSamples } from './samples.ts';
import { type AskRun, containersNow } from './sides.ts';
import type { StartSource } from './source.ts';

/** How long users are listened to before the first of them is sent to the canary, and how long when none comes. */
const LISTEN_MS = 5000;
const QUIET_MS = 1000;
const LOOK_EVERY_MS = 200;
/** So many requests are asked of both sides then. */
const ENOUGH = 8;
/** Pages that are told apart. */
const MOST_PAGES = 1000;

/**
 * Sends what the stable's users ask for at this moment to both sides once more, one a page, and compares the answers.
 * Nothing where nobody asks.
 */
export async function compareNow(run: AskRun, settings: ShapeSettings): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const sample of await listen(run, settings))
    findings.push(await compareSample(run, settings, sample));
  return findings;
}

/** Compares one request of a user after the other while the canary has users, the page that was compared longest ago first. */
export const startShape: StartSource = async (run) => {
  const { shape } = run.project.config.analysis;
  if (!shape) return lookingSource(run, []);
  const before: Opinion = {
    source: 'shape',
    result: 'pass',
    text: 'No answers were compared yet: no user of the stable asked for anything.',
  };
  const look = lookAtPages(shape, before);
  return lookingSource(run, [{ everyMs: shape.every, before, look }]);
};

function lookAtPages(settings: ShapeSettings, before: Opinion) {
  const pages = new Map<string, number>();
  let compared = 0;
  let latest = before;
  return async (run: AskRun): Promise<Opinion> => {
    const samples = await recentSamples(run, settings);
    const lastTurn = (sample: Sample) => pages.get(pageOf(sample)) ?? 0;
    const [next] = samples.sort((one, other) => lastTurn(one) - lastTurn(other));
    if (!next) return latest;
    const { result, text } = await compareSample(run, settings, next);
    if (pages.size < MOST_PAGES || pages.has(pageOf(next)))
      pages.set(pageOf(next), run.context.clock.now().getTime());
    if (result === 'pass') {
      compared += 1;
      const count = `${compared} ${compared === 1 ? 'request' : 'requests'} of users on ${pages.size} ${pages.size === 1 ? 'page' : 'pages'}`;
      latest = { ...before, text: `Both sides answer alike: ${count}.` };
    } else if (result === 'fail' || compared === 0) {
      latest = { ...before, result, text };
    }
    return latest;
  };
}

/** Asks both sides for what a user asked; the user's path is told without what looks like an id or a token. */
async function compareSample(
  run: AskRun,
  { allow }: ShapeSettings,
  { service, target, headers }: Sample,
): Promise<Finding> {
  const compared = await compareSides(
    run,
    await containersNow(run),
    { service, target, headers },
    allow,
  );
  return sidesFinding({ service, method: 'GET', path: groupOf(target) }, compared);
}

function pageOf({ service, target }: Sample): string {
  return `${service} ${groupOf(target)}`;
}

/** What is asked for, as it is told: `/products/*`. */
function groupOf(target: string): string {
  return routeGroup('', target).trim();
}

/** Requests of different pages that come in, until there are enough, or nobody asks any more. */
async function listen(run: AskRun, settings: ShapeSettings): Promise<Sample[]> {
  const { clock } = run.context;
  const began = clock.now().getTime();
  const heard = new Map<string, Sample>();
  let last = began;
  for (;;) {
    const now = clock.now().getTime();
    for (const sample of await recentSamples(run, settings)) {
      const page = pageOf(sample);
      if (heard.has(page) || heard.size === ENOUGH) continue;
      heard.set(page, sample);
      last = now;
    }
    if (heard.size === ENOUGH || now - began > LISTEN_MS || now - last > QUIET_MS)
      return [...heard.values()];
    await clock.sleep(LOOK_EVERY_MS, run.signal);
  }
}
