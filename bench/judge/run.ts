import type { Rule } from './rules/rule.ts';
import { type Scenario, Stream } from './stream.ts';
import { Minutes } from './windows.ts';

/** What it took to take a canary back, counted on the canary and from when it became worse. */
export interface Decision {
  requests: number;
  failures: number;
  /** Users who met a failure, or any answer of a canary that is slower. */
  hurt: number;
  seconds: number;
}

/** Plays one stream to all rules at once; gives each one's decision, `undefined` without one. */
export function playRun<Name extends string>(
  scenario: Scenario,
  seed: number,
  rules: Readonly<Record<Name, Rule>>,
): Record<Name, Decision | undefined> {
  const stream = new Stream(scenario, seed);
  const minutes = new Minutes();
  const decisions = {} as Record<Name, Decision | undefined>;
  const waiting = new Map(
    (Object.keys(rules) as Name[]).map((name) => [name, { rule: rules[name], look: 1 }]),
  );
  const hurt = new Set<number>();
  const soFar = { requests: 0, failures: 0 };
  const look = (until: number) => {
    for (const [name, each] of waiting) {
      for (
        let now = each.look * each.rule.everyMs;
        now <= until;
        now = each.look * each.rule.everyMs
      ) {
        each.look += 1;
        if (!each.rule.isWorse(now, minutes)) continue;
        const seconds = now / 1000 - scenario.from;
        decisions[name] = { ...soFar, hurt: hurt.size, seconds };
        waiting.delete(name);
        break;
      }
    }
  };
  const end = scenario.seconds * 1000;
  for (;;) {
    const request = stream.next();
    look(Math.min(request.at, end));
    if (request.at > end || waiting.size === 0) return decisions;
    for (const { rule } of waiting.values()) rule.observe?.(request);
    minutes.add(request);
    if (request.side === 'stable' || request.at < scenario.from * 1000) continue;
    soFar.requests += 1;
    if (request.failed) soFar.failures += 1;
    if (request.failed || scenario.slowness > 1) hurt.add(request.user);
  }
}
