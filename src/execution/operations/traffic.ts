import { CanaryError } from '../../errors.ts';
import { type Run, record } from '../../project/run.ts';
import { isSoWithin } from '../../project/until.ts';
import { countLongLived, SHOW_LONG_LIVED } from '../../proxy/long-lived.ts';
import { openRequests } from '../../proxy/statistics.ts';
import { ALL, byWeight, OFF, type Split, sameSplit } from '../../proxy/weight-map.ts';
import type { Observed } from '../../rollout/observed.ts';
import type { OperationOf, Side } from '../../rollout/operation.ts';
import { askOldWorkers, everyStatistics, observe } from '../observe.ts';
import { applySplit, entryCounts, everyoneOff } from '../split.ts';

const LOOK_EVERY_MS = 50;

export function setWeight(run: Run, operation: OperationOf<'set-weight'>): Promise<void> {
  return setSplit(run, byWeight(operation.weight), endOfAge(run, operation.weight));
}

/** A forgotten canary loses its users when this time is over; every move of users sets the time again. */
function endOfAge({ context, project }: Run, weight: number): number {
  const { maxAge, strategy } = project.config;
  // An A/B test has its own duration.
  if (maxAge === false || weight === 0 || strategy.kind === 'ab') return 0;
  return Math.ceil((context.clock.machineTime().getTime() + maxAge) / 1000);
}

export function sendEveryone(run: Run, operation: OperationOf<'send-everyone'>): Promise<void> {
  return setSplit(run, operation.to === 'stable' ? OFF : ALL);
}

/** A canary that a command watches is not forgotten. */
export async function renewAge(run: Run, inForce: Observed, { proxy }: Observed): Promise<void> {
  const { maxAge } = run.project.config;
  const { until = 0 } = proxy;
  const left = until * 1000 - run.context.clock.machineTime().getTime();
  if (until === 0 || maxAge === false || left > maxAge / 2) return;
  const { weight } = inForce.proxy;
  await applySplit(run.project, byWeight(weight), endOfAge(run, weight));
}

async function setSplit(run: Run, split: Split, until = 0): Promise<void> {
  const isOff = run.wayOut !== undefined && sameSplit(split, OFF);
  if (isOff) await everyoneOff(run, run.project);
  // What comes next relies on it. A way out goes on nevertheless.
  else if (!(await applySplit(run.project, split, until))) await requireStopped(run);
  const counts = await entryCounts(run.project);
  await record(run, { type: 'weight-set', weight: split.weight, counts });
}

async function requireStopped(run: Run): Promise<void> {
  if ((await observe(run)).proxy.state !== 'unreachable') return;
  throw new CanaryError('proxy-unreachable', 'The proxy runs and does not answer.', {
    hint: 'Users are where they were. Run `canary doctor`; `canary up` recreates the proxy.',
  });
}

/**
 * Waits until a side has no open request, at most the configured time. Long-lived connections, such as WebSockets,
 * get all of it; what is left is cut when the containers stop, and reported.
 */
export async function drain(run: Run, operation: Drain): Promise<void> {
  let open = 0;
  const isIdle = async () => {
    open = await openOn(run, operation);
    return open === 0;
  };
  if (await isSoWithin(run, run.project.config.drain, isIdle, LOOK_EVERY_MS)) return;
  const staying = await stayingOn(run, operation);
  const text = cutText(operation.side, open - staying, staying);
  run.context.emit({ type: 'warning', text });
}

type Drain = OperationOf<'drain'>;

async function openOn(run: Run, { services, side }: Drain): Promise<number> {
  const workers = await everyStatistics(run.project);
  return workers
    .flatMap((statistics) => services.flatMap((name) => statistics[name] ?? []))
    .reduce((sum, each) => sum + openRequests(each, side), 0);
}

async function stayingOn({ project }: Run, { services, side }: Drain): Promise<number> {
  const tables = [
    await project.socket.ask(SHOW_LONG_LIVED),
    ...(await askOldWorkers(project, SHOW_LONG_LIVED)),
  ];
  return tables
    .flatMap((table) => services.map((service) => countLongLived(table, service, side)))
    .reduce((sum, each) => sum + each, 0);
}

function cutText(side: Side, requests: number, staying: number): string {
  const parts = [
    plural(Math.max(0, requests), 'request'),
    `${plural(staying, 'long-lived connection')} (WebSockets, event streams)`,
  ];
  return `${parts.join(' and ')} on the ${side} are still open after the drain time and will be closed.`;
}

function plural(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
