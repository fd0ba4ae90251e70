import { type Advice, adviceFor } from '../analysis/forecast/advice.ts';
import { foresee } from '../analysis/forecast/forecast.ts';
import { comingIn, knowsUsers, type SeenTraffic, usersOf } from '../analysis/forecast/users.ts';
import type { WalkSettings } from '../analysis/forecast/walk.ts';
import { judgeSettings } from '../analysis/settings.ts';
import { formatDuration } from '../config/values/duration.ts';
import type { Run } from '../project/run.ts';
import { type LoggedRequest, parseRequest, SHOW_REQUESTS } from '../proxy/request-log.ts';
import type { Forecast, ForecastTraffic } from '../rollout/forecast.ts';
import { weightAfter } from '../rollout/progress.ts';
import type { Step } from '../rollout/step.ts';

/** With fewer requests even their rate is unknown. */
const FEWEST = 20;
const HOUR_MS = 3_600_000;
/** What the shield repeats, as long as it has no body. */
const REPEATABLE = new Set(['GET', 'HEAD', 'OPTIONS']);

type Look = Pick<Run, 'context' | 'project'>;

/**
 * Foresees a release with these steps, or with a weight set by hand, from the requests that the
 * proxy remembers. `null` if no users are to come.
 */
export async function foreseeRelease(
  { context, project }: Look,
  { steps, weight }: { steps: readonly Step[]; weight: number | undefined },
): Promise<Forecast | null> {
  if (steps.length === 0 && !weight) return null;
  if (project.config.strategy.kind === 'ab')
    return { known: false, why: 'An A/B test ends after its time, whatever the traffic.' };
  const answer = await project.socket.ask(SHOW_REQUESTS).catch(() => undefined);
  if (answer === undefined)
    return { known: false, why: 'The proxy does not run: `canary up` starts it.' };
  const requests = answer
    .split('\n')
    .flatMap((line) => parseRequest(line) ?? [])
    .filter(({ byRule }) => !byRule);
  return forecastOf(project, requests, context.clock.now().getTime(), { steps, weight });
}

/** The same from given requests; `now` in milliseconds. */
export function forecastOf(
  project: Pick<Run['project'], 'config' | 'slice'>,
  requests: readonly LoggedRequest[],
  now: number,
  { steps, weight }: { steps: readonly Step[]; weight: number | undefined },
): Forecast {
  const first = requests.reduce((earliest, { at }) => Math.min(earliest, at), now);
  if (requests.length < FEWEST || first === now) return tooFew(requests.length, now - first);
  const seen = seenIn(requests, now - first);
  const traffic = trafficOf(requests.length, seen);
  const settings = settingsOf(project, steps);
  const isKnown = knowsUsers(seen.counts);
  const counted = (users: number) => (isKnown ? Math.round(users) : null);
  const judged = settings !== undefined;
  if (!judged) {
    const users = usersOf(seen);
    const unjudged = weightsOf(steps, weight).map(({ step, weight, ms }) => {
      const share = (comingIn(users, ms) * weight) / 100;
      return { step, weight, users: counted(share), seconds: inSeconds(ms), slowest: null };
    });
    return { known: true, traffic, judged, steps: unjudged, bad: [], enough: true, advice: null };
  }
  const foreseen = foresee(settings, seen);
  const enough = foreseen.steps.every(({ slowest }) => slowest !== null);
  const advice = enough ? undefined : adviceFor(settings, seen);
  const numbers = weightsOf(steps, weight);
  return {
    known: true,
    traffic,
    judged,
    steps: foreseen.steps.map(({ users, ms, slowest }, index) => ({
      step: numbers[index]?.step ?? 0,
      weight: numbers[index]?.weight ?? 0,
      users: counted(users),
      seconds: inSeconds(ms),
      slowest: inSeconds(slowest),
    })),
    bad: foreseen.bad.map(({ failing, hurt, most, ms }) => ({
      failing: failing * 100,
      hurt,
      most,
      seconds: inSeconds(ms),
    })),
    enough,
    advice: advice ? adviceText(advice, settings) : null,
  };
}

function tooFew(requests: number, ms: number): Forecast {
  if (requests === 0) return { known: false, why: 'The proxy has seen no request yet.' };
  const long = formatDuration(Math.max(1000, Math.round(ms / 1000) * 1000));
  const count = requests === 1 ? 'one request' : `${requests} requests`;
  return { known: false, why: `The proxy remembers only ${count} of the last ${long}.` };
}

function seenIn(requests: readonly LoggedRequest[], ms: number): SeenTraffic {
  const counts = new Map<number, number>();
  for (const { user } of requests) counts.set(user, (counts.get(user) ?? 0) + 1);
  const stable = requests.filter(({ side }) => side === 'stable');
  const failed = stable.filter((each) => each.failed).length;
  const repeatable = requests.filter(({ method }) => REPEATABLE.has(method)).length;
  return {
    ms,
    counts: [...counts.values()],
    failing: stable.length === 0 ? 0 : failed / stable.length,
    repeatable: repeatable / requests.length,
  };
}

function trafficOf(requests: number, { ms, counts, failing }: SeenTraffic): ForecastTraffic {
  return {
    requests,
    users: counts.length,
    seconds: Math.round(ms / 1000),
    failing: Math.round(failing * 10_000) / 100,
  };
}

interface Weighed {
  step: number;
  weight: number;
  ms: number;
}

/** The steps with a weight; a weight set by hand has no end, and is looked at for an hour. */
function weightsOf(steps: readonly Step[], weight: number | undefined): Weighed[] {
  if (weight !== undefined) return [{ step: 1, weight, ms: HOUR_MS }];
  return steps.flatMap((each, index) =>
    'pause' in each ? [] : [{ step: index + 1, weight: each.weight, ms: each.for || HOUR_MS }],
  );
}

/** `undefined` if the judge does not decide about failures. */
function settingsOf(
  { config, slice }: Pick<Run['project'], 'config' | 'slice'>,
  steps: readonly Step[],
): WalkSettings | undefined {
  const { analysis, progressDeadline: deadline } = config;
  if (analysis === false || steps.length === 0) return undefined;
  if (!analysis.errors) return undefined;
  const entry = slice.find((member) => member.entry)?.service ?? '';
  const { shield = config.shield, breaker = config.breaker } = config.services[entry] ?? {};
  return {
    judge: judgeSettings(analysis),
    deadline,
    breaker: breaker && breaker.paths.length === 0 ? breaker.failures : undefined,
    shield: shield && shield.paths.length === 0 ? shield.maxShare / 100 : 0,
    steps: steps.flatMap((step, index) =>
      'pause' in step
        ? []
        : [
            {
              weight: step.weight,
              nextWeight: weightAfter({ steps, index }),
              for: step.for,
              minimumRequests: step.minimumRequests ?? analysis.minimumRequests,
            },
          ],
    ),
  };
}

/** What to write in canary.yaml, in one line each. */
function adviceText(advice: Advice, { steps }: WalkSettings): string {
  const hold = formatDuration(steps[0]?.for || HOUR_MS / 6);
  const { weights, deadline, margin, minimumRequests } = advice;
  const written = weights?.map((weight) => `{ weight: ${weight}, for: ${hold} }`).join(', ');
  const judged = [
    ...(margin === undefined ? [] : [`margin: ${margin * 100}%`]),
    ...(minimumRequests === undefined ? [] : [`minimumRequests: ${minimumRequests}`]),
  ];
  return [
    ...(written === undefined ? [] : [`steps: [${written}]`]),
    ...(deadline === undefined ? [] : [`progressDeadline: ${formatDuration(deadline)}`]),
    ...(judged.length === 0 ? [] : [`analysis: { ${judged.join(', ')} }`]),
  ].join('\n');
}

function inSeconds(ms: number | null): number | null {
  return ms === null ? null : Math.round(ms / 1000);
}
