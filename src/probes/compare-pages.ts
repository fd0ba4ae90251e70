import { routeGroup } from '../analysis/route-group.ts';
import type { ShapeSettings } from '../config/shape.ts';
import type { Sample } from '../proxy/samples.ts';
import { type AnswerFinding, sidesFinding } from './answer-finding.ts';
import { type AskRun, containersNow } from './ask-container.ts';
import { compareSides } from './compare-sides.ts';
import { recentSamples } from './samples.ts';

/** How long users are listened to before the first of them is sent to the canary; less when none comes, or no new page. */
const LISTEN_MS = 5000;
const SILENT_MS = 1000;
const NO_NEWS_MS = 2500;
/** So many pages are compared then, one a second. */
const ENOUGH = 8;
const COMPARE_EVERY_MS = 1000;
const LOOK_EVERY_MS = 100;

/**
 * Sends what the stable's users ask for at this moment to both sides once more, one request a page, and compares the
 * answers. Nothing where nobody asks.
 */
export async function compareNow(run: AskRun, settings: ShapeSettings): Promise<AnswerFinding[]> {
  const { clock } = run.context;
  const now = () => clock.now().getTime();
  const began = now();
  const pages = new Set<string>();
  const waiting: Sample[] = [];
  const findings: AnswerFinding[] = [];
  let heardAt = began;
  let comparedAt = 0;
  for (;;) {
    const patience = pages.size === 0 ? SILENT_MS : NO_NEWS_MS;
    const hasTime = now() - began <= LISTEN_MS && now() - heardAt <= patience;
    const isListening = hasTime && pages.size < ENOUGH;
    for (const sample of isListening ? await recentSamples(run, settings) : []) {
      if (pages.has(pageOf(sample)) || pages.size === ENOUGH) continue;
      pages.add(pageOf(sample));
      waiting.push(sample);
      heardAt = now();
    }
    if (!isListening && waiting.length === 0) return findings;
    const next = now() - comparedAt >= COMPARE_EVERY_MS ? waiting.shift() : undefined;
    if (next) {
      comparedAt = now();
      findings.push(await compareSample(run, settings, next));
    }
    await clock.sleep(LOOK_EVERY_MS, run.signal);
  }
}

/** Asks both sides for what a user asked; the user's path is told without what looks like an id or a token. */
export async function compareSample(
  run: AskRun,
  { allow }: ShapeSettings,
  { service, target, headers }: Sample,
): Promise<AnswerFinding> {
  const asked = { service, target, headers };
  const compared = await compareSides(run, await containersNow(run), asked, allow);
  return sidesFinding({ service, method: 'GET', path: groupOf(target) }, compared);
}

/** By what requests are told apart: whom they ask, and for what kind of thing. */
export function pageOf({ service, target }: Sample): string {
  return `${service} ${groupOf(target)}`;
}

function groupOf(target: string): string {
  return routeGroup('', target).trim();
}
