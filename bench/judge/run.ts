import type { Rule } from './rules/rule.ts';
import { type Scenario, Stream } from './stream.ts';
import { Minutes } from './windows.ts';

/** What happened until a canary was taken back, counted on the canary and from when it became worse. */
export interface Decision {
  requests: number;
  failures: number;
  /** Users who met a failure, or any response of a canary that is slower. */
  hurt: number;
  seconds: number;
}

/** Plays one stream to all rules at once; returns each one's decision, `undefined` without one. */
export function playRun<Name extends string>(
  scenario: Scenario,
  seed: number,
  rules: Readonly<Record<Name, Rule>>,
): Record<Name, Decision | undefined> {
  const stream = new Stream(scenario, seed);
  const minutes = new Minutes();
  const decisions = {} as Record<Name, Decision | undefined>;
  let waiting = (Object.keys(rules) as Name[]).map((name) => ({
    name,
    rule: rules[name],
    look: rules[name].everyMs,
  }));
  const hurt = new Set<number>();
  const soFar = { requests: 0, failures: 0 };
  /** Lets every rule look whose time has come; returns when the next one looks. */
  const lookUntil = (until: number): number => {
    for (const each of waiting) {
      for (; each.look <= until && !(each.name in decisions); each.look += each.rule.everyMs) {
        if (!each.rule.isWorse(each.look, minutes)) continue;
        const seconds = each.look / 1000 - scenario.from;
        decisions[each.name] = { ...soFar, hurt: hurt.size, seconds };
      }
    }
    waiting = waiting.filter(({ name }) => !(name in decisions));
    return Math.min(...waiting.map(({ look }) => look));
  };
  const end = scenario.seconds * 1000;
  for (let next = 0; waiting.length > 0; ) {
    const request = stream.next();
    if (request.at >= next) next = lookUntil(Math.min(request.at, end));
    if (request.at > end) break;
    for (const { rule } of waiting) rule.observe?.(request);
    minutes.add(request);
    if (request.side === 'stable' || request.at < scenario.from * 1000) continue;
    soFar.requests += 1;
    if (request.failed) soFar.failures += 1;
    if (request.failed || scenario.slowness > 1) hurt.add(request.user);
  }
  return decisions;
}
