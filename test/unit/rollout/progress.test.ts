import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NO_COUNTS } from '../../../src/proxy/counts.ts';
import type { ReleaseEvent } from '../../../src/rollout/events.ts';
import {
  foldProgress,
  isPartial,
  nextAction,
  type StepProgress,
  waitsForPerson,
  weightStep,
} from '../../../src/rollout/progress.ts';
import { describeStep, type Step, stepsOf } from '../../../src/rollout/step.ts';

type Fact = ReleaseEvent & { at: string };

const at = (ms: number) => new Date(ms);
const fact = (event: ReleaseEvent, ms: number): Fact => ({ ...event, at: at(ms).toISOString() });
const fold = (facts: readonly Fact[]) =>
  facts.reduce<StepProgress | undefined>(foldProgress, undefined);
const begun = (steps: readonly Step[], strategy: StepProgress['strategy'] = 'canary') =>
  fact({ type: 'steps-begun', strategy, steps }, 0);

/** A process that takes the steps and writes facts, as a deploy does; it may be killed after any of them. */
class Walker {
  readonly facts: Fact[];
  now: number;
  readonly weights: number[] = [];
  private isInForce = false;

  constructor(facts: readonly Fact[], now: number) {
    this.facts = [...facts];
    this.now = now;
  }

  /** Until a person must continue, or this many facts are written. */
  walk(limit = Number.POSITIVE_INFINITY): 'asks' | 'ended' | 'killed' {
    for (let written = 0; written < limit; ) {
      const progress = fold(this.facts);
      if (!progress) throw new Error('no ramp');
      const action = nextAction(progress, at(this.now), this.isInForce);
      if (action.do === 'ask') return 'asks';
      if (action.do === 'end') return 'ended';
      if (action.do === 'hold') {
        expect(action.until.getTime()).toBeGreaterThan(this.now);
        this.now = action.until.getTime();
        continue;
      }
      written += 1;
      if (action.do === 'finish-step') this.write({ type: 'step-done', index: progress.index });
      else this.begin(progress, action.index);
    }
    return 'killed';
  }

  goOn(): void {
    this.write({ type: 'step-done', index: fold(this.facts)?.index ?? 0 });
  }

  private begin(progress: StepProgress, index: number): void {
    const step = progress.steps[index] as Step;
    if ('weight' in step) this.weights.push(step.weight);
    this.isInForce = true;
    const of = progress.steps.length;
    this.write({ type: 'step-begun', index, of, step, counts: NO_COUNTS });
  }

  private write(event: ReleaseEvent): void {
    this.facts.push(fact(event, this.now));
  }
}

/** Walks to the end; a person continues whenever one is asked to. */
function finish(walker: Walker): Walker {
  while (walker.walk() === 'asks') walker.goOn();
  return walker;
}

const weights = fc.uniqueArray(fc.integer({ min: 0, max: 10_000 }), { minLength: 1, maxLength: 6 });
const steps: fc.Arbitrary<Step[]> = fc
  .tuple(weights, fc.array(fc.nat(5), { maxLength: 3 }), fc.array(fc.nat(1000), { minLength: 6 }))
  .map(([all, pauses, times]) => {
    const rising = all.sort((left, right) => left - right);
    const list: Step[] = rising.map((each, index) => ({
      weight: each / 100,
      for: times[index] ?? 0,
    }));
    for (const place of pauses) list.splice(place, 0, { pause: true });
    return list;
  });
const weightsOf = (list: readonly Step[]) =>
  list.flatMap((step) => ('weight' in step ? [step.weight] : []));

describe('taking the steps', () => {
  test('sets exactly their weights, in order, and holds each for its time', () => {
    fc.assert(
      fc.property(steps, (list) => {
        const walker = finish(new Walker([begun(list)], 0));
        expect(walker.weights).toEqual(weightsOf(list));
        const held = list.reduce((sum, step) => sum + ('weight' in step ? step.for : 0), 0);
        expect(walker.now).toBe(held);
      }),
    );
  });

  test('ends the same after a kill anywhere, and no weight falls', () => {
    fc.assert(
      fc.property(steps, fc.nat(20), fc.nat(3000), (list, limit, away) => {
        const killed = new Walker([begun(list)], 0);
        killed.walk(limit);
        const heir = finish(new Walker(killed.facts, killed.now + away));
        const set = [...killed.weights, ...heir.weights];
        expect([...new Set(set)]).toEqual(weightsOf(list));
        expect(set).toEqual([...set].sort((left, right) => left - right));
        const last = fold(heir.facts);
        expect(last).toMatchObject({ index: list.length - 1, isStepDone: true });
      }),
    );
  });

  test('holds a step for its whole time again if its users were taken away', () => {
    const list = [{ weight: 5, for: 100 }];
    const progress = fold([begun(list), ...stepBegun(0, list, 1000)]) as StepProgress;
    expect(nextAction(progress, at(1050), true)).toEqual({ do: 'hold', until: at(1100) });
    expect(nextAction(progress, at(1100), true)).toEqual({ do: 'finish-step' });
    expect(nextAction(progress, at(5000), false)).toEqual({ do: 'begin', index: 0 });
    const again = fold([begun(list), ...stepBegun(0, list, 1000), ...stepBegun(0, list, 5000)]);
    expect(nextAction(again as StepProgress, at(5050), true)).toEqual({
      do: 'hold',
      until: at(5100),
    });
  });

  test('repeats a finished step if its users were taken away before the next one', () => {
    const list = [
      { weight: 5, for: 100 },
      { weight: 9, for: 100 },
    ];
    const done = fact({ type: 'step-done', index: 0 }, 1100);
    const progress = fold([begun(list), ...stepBegun(0, list, 1000), done]) as StepProgress;
    expect(nextAction(progress, at(1200), true)).toEqual({ do: 'begin', index: 1 });
    expect(nextAction(progress, at(1200), false)).toEqual({ do: 'begin', index: 0 });
  });

  test('promotes nothing at the end, and asks a person at a pause', () => {
    const list: Step[] = [{ pause: true }, { weight: 5, for: 0 }];
    const walker = new Walker([begun(list)], 0);
    expect(walker.walk()).toBe('asks');
    expect(waitsForPerson(fold(walker.facts) as StepProgress)).toBe(true);
    walker.goOn();
    expect(walker.walk()).toBe('ended');
    expect(waitsForPerson(fold(walker.facts) as StepProgress)).toBe(true);
  });

  test('ends when a weight is set by hand', () => {
    const list = [{ weight: 5, for: 100 }];
    expect(fold([begun(list), fact({ type: 'steps-left' }, 1)])).toBeUndefined();
    expect(fold([...stepBegun(0, list, 1)])).toBeUndefined();
  });
});

describe('an A/B test', () => {
  const list = [{ weight: 50, for: 1000 }];
  const counts = { ...NO_COUNTS, stable: 7 };
  const first = stepBegun(0, list, 100, counts);

  test('keeps its time and its counts through every interruption', () => {
    const progress = fold([
      begun(list, 'ab'),
      ...first,
      ...stepBegun(0, list, 600),
    ]) as StepProgress;
    expect(progress.counts).toEqual(counts);
    expect(nextAction(progress, at(700), false)).toEqual({ do: 'begin', index: 0 });
    expect(nextAction(progress, at(1099), true)).toEqual({ do: 'hold', until: at(1100) });
    expect(nextAction(progress, at(1100), false)).toEqual({ do: 'finish-step' });
  });

  test('keeps counting when the proxy restarts its counts at 0', () => {
    const reloaded = fact({ type: 'proxy-reloaded', counts: { ...NO_COUNTS, stable: 10 } }, 200);
    expect(fold([begun(list, 'ab'), ...first, reloaded])?.counts.stable).toBe(-3);
  });

  test('ends by itself, without a person', () => {
    const done = fact({ type: 'step-done', index: 0 }, 1100);
    expect(waitsForPerson(fold([begun(list, 'ab'), ...first, done]) as StepProgress)).toBe(false);
  });
});

function stepBegun(index: number, list: readonly Step[], ms: number, counts = NO_COUNTS) {
  const step = list[index] as Step;
  return [fact({ type: 'step-begun', index, of: list.length, step, counts }, ms)];
}

describe('the steps of a strategy', () => {
  test('rolling: container by container, with every user on the last step', () => {
    const rolling = { strategy: { kind: 'rolling', for: 60 } as const, steps: [] };
    expect(stepsOf(rolling, 3)).toEqual([
      { weight: 33.33, for: 60, replicas: 1 },
      { weight: 66.67, for: 60, replicas: 2 },
      { weight: 100, for: 60, replicas: 3 },
    ]);
    expect(stepsOf(rolling, 1)).toEqual([{ weight: 100, for: 60, replicas: 1 }]);
  });

  test('rolling is partial until its last container', () => {
    const list = stepsOf({ strategy: { kind: 'rolling', for: 60 }, steps: [] }, 2);
    const partial = [
      [begun(list, 'rolling')],
      [begun(list, 'rolling'), ...stepBegun(0, list, 1)],
      [begun(list, 'rolling'), ...stepBegun(0, list, 1), ...stepBegun(1, list, 2)],
    ].map((facts) => isPartial(fold(facts) as StepProgress));
    expect(partial).toEqual([true, true, false]);
  });

  test('ab has one, blue-green none, canary those of canary.yaml', () => {
    const none = { steps: [] };
    expect(stepsOf({ strategy: { kind: 'ab', weight: 20, for: 5 }, ...none }, 2)).toEqual([
      { weight: 20, for: 5 },
    ]);
    expect(stepsOf({ strategy: { kind: 'blue-green' }, ...none }, 2)).toEqual([]);
    const steps = [{ weight: 5, for: 10 }, { pause: true as const }, { weight: 7 }];
    expect(stepsOf({ strategy: { kind: 'canary' }, steps }, 2)).toEqual([
      { weight: 5, for: 10 },
      { pause: true },
      { weight: 7, for: 0 },
    ]);
  });

  test('a step keeps and describes what it needs to finish, without the commands of its gates', () => {
    const gates = [{ run: ['./open.sh'], timeout: 1000 }];
    const steps = [{ weight: 5, for: 60_000, minimumRequests: 500, gates }];
    const [step] = stepsOf({ strategy: { kind: 'canary' }, steps }, 1) as [Step];
    expect(step).toEqual({ weight: 5, for: 60_000, minimumRequests: 500, gates: 1 });
    expect(describeStep(step)).toBe(
      '5 % of users for 1m, at least 500 requests, until its gate is open',
    );
    const two = { ...step, gates: 2 };
    expect(describeStep(two)).toMatch(/, until its gates are open$/);
  });

  test('a pause keeps the weight of the step before it', () => {
    const list: Step[] = [{ pause: true }, { weight: 5, for: 1 }, { pause: true }];
    expect([0, 1, 2].map((index) => weightStep({ steps: list }, index)?.weight)).toEqual([
      undefined,
      5,
      5,
    ]);
  });
});
