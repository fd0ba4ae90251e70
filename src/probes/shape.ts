import type { Opinion } from '../analysis/opinion.ts';
import { routeGroup } from '../analysis/route-group.ts';
import { headersToRepeat, mayAskAgain } from '../analysis/shape/ask-again.ts';
import { shapeOf } from '../config/sections/analysis.ts';
import { unaskable } from '../config/sections/checks.ts';
import type { ShapeSettings } from '../config/sections/shape.ts';
import type { ProbeResult } from '../documents/examination.ts';
import { hasCode } from '../errors.ts';
import type { Run } from '../project/run.ts';
import { readSamples, type Sample, SHOW_SAMPLES } from '../proxy/samples.ts';
import { containerUrls } from './ask-container.ts';
import { compareSides } from './compare-sides.ts';
import { type Looking, lookingSource, type Source } from './source.ts';

/** This many pages in a row that the stable does not answer are not a coincidence. */
const TOO_MANY = 5;
/** How many pages are distinguished. */
const MOST_PAGES = 1000;
/** After this time a user's session may have ended. */
const OLDEST_S = 60;

/** How long requests are collected before the first user goes to the canary; less without requests or new pages. */
const LISTEN_MS = 5000;
const SILENT_MS = 1000;
const NO_NEWS_MS = 2500;
/** This many pages are compared then, one per second. */
const ENOUGH = 8;
const COMPARE_EVERY_MS = 1000;
const LOOK_EVERY_MS = 100;

const SOURCE = 'shape';

/** Compares users' requests, one after the other, while the canary has users. */
export async function startShape(run: Run): Promise<Source> {
  const shape = shapeOf(run.project.config);
  return lookingSource(run, shape ? [pagesInTurn(shape)] : []);
}

/** One page per look, the least recently compared first. */
function pagesInTurn(settings: ShapeSettings): Looking {
  const pages = new Map<string, number>();
  let turn = 0;
  let compared = 0;
  let unmeasured = 0;
  // No requests are neither a failure nor a pass: then there is no opinion.
  let latest: Opinion | undefined;
  const look = async (run: Run) => {
    const lastTurn = (sample: Sample) => pages.get(pageOf(sample)) ?? 0;
    const samples = await recentSamples(run, settings);
    const [next] = samples.sort((one, other) => lastTurn(one) - lastTurn(other));
    if (!next) return;
    const { result, text } = await compareSample(run, settings, next);
    turn += 1;
    if (pages.size < MOST_PAGES || pages.has(pageOf(next))) pages.set(pageOf(next), turn);
    compared += result === 'pass' ? 1 : 0;
    unmeasured = result === 'error' ? unmeasured + 1 : 0;
    if (result === 'pass')
      latest = { source: SOURCE, result, text: alikeText(compared, pages.size) };
    else if (result === 'fail' || compared === 0 || unmeasured >= TOO_MANY)
      latest = { source: SOURCE, result, text };
  };
  return { source: SOURCE, everyMs: settings.every, look, opinion: () => latest };
}

function alikeText(requests: number, pages: number): string {
  const asked = `${requests} ${requests === 1 ? 'request' : 'requests'} of users`;
  return `Both sides give the same answers: ${asked} on ${pages} ${pages === 1 ? 'page' : 'pages'}.`;
}

/**
 * Repeats current requests of the stable's users on both sides, one request per page, and compares the responses.
 * Returns nothing if there are no requests.
 */
export async function compareNow(run: Run, settings: ShapeSettings): Promise<ProbeResult[]> {
  const { clock } = run.context;
  const now = () => clock.now().getTime();
  const began = now();
  const pages = new Set<string>();
  const waiting: Sample[] = [];
  const results: ProbeResult[] = [];
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
    if (!isListening && waiting.length === 0) return results;
    const next = now() - comparedAt >= COMPARE_EVERY_MS ? waiting.shift() : undefined;
    if (next) {
      comparedAt = now();
      results.push(await compareSample(run, settings, next));
    }
    await clock.sleep(LOOK_EVERY_MS, run.signal);
  }
}

/** Repeats a user's request on both sides; the path is reported without what looks like an id or a token. */
async function compareSample(
  run: Run,
  { allow }: ShapeSettings,
  { service, target, headers }: Sample,
): Promise<ProbeResult> {
  const urls = await containerUrls(run, service);
  return compareSides(run, urls, { service, target, headers, path: groupOf(target) }, allow);
}

/** Recent requests of the stable's users that may be repeated, newest first. Kept only in memory. */
async function recentSamples(
  { context, project }: Run,
  { exclude }: ShapeSettings,
): Promise<Sample[]> {
  const oldest = context.clock.machineTime().getTime() / 1000 - OLDEST_S;
  const answer = await project.socket.ask(SHOW_SAMPLES).catch((error: unknown) => {
    if (hasCode(error, 'proxy-unreachable')) return '';
    throw error;
  });
  const isAskable = ({ service }: Sample) => {
    const settings = project.config.services[service];
    return settings !== undefined && !unaskable(settings);
  };
  return readSamples(answer)
    .filter((sample) => sample.at >= oldest && isAskable(sample) && mayAskAgain(sample, exclude))
    .map((sample) => ({ ...sample, headers: headersToRepeat(sample.headers) }));
}

/** What distinguishes requests: the service, and the kind of page. */
function pageOf({ service, target }: Sample): string {
  return `${service} ${groupOf(target)}`;
}

function groupOf(target: string): string {
  return routeGroup('', target).trim();
}
