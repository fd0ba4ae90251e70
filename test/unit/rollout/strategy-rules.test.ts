import { describe, expect, test } from 'vitest';
import type { Strategy } from '../../../src/config/sections/strategy.ts';
import { NO_COUNTS } from '../../../src/proxy/counts.ts';
import type { StepProgress } from '../../../src/rollout/progress.ts';
import type { Release } from '../../../src/rollout/release.ts';
import { stepsOf } from '../../../src/rollout/step.ts';
import { requirePromotable, requireWeight } from '../../../src/rollout/strategy-rules.ts';
import { refusal } from '../../support/fixture-refusal.ts';

const CANARY: Strategy = { kind: 'canary' };
const BLUE_GREEN: Strategy = { kind: 'blue-green' };
const ROLLING: Strategy = { kind: 'rolling', for: 1 };
const AB: Strategy = { kind: 'ab', weight: 50, for: 1 };

describe('a weight by hand', () => {
  const allowed = (strategy: Strategy, command: 'deploy' | 'weight') =>
    [0, 50, 100].filter((weight) => {
      try {
        requireWeight(strategy.kind, weight, command);
        return true;
      } catch {
        return false;
      }
    });

  test('is accepted as the strategy allows', () => {
    for (const command of ['deploy', 'weight'] as const) {
      expect(allowed(CANARY, command)).toEqual([0, 50, 100]);
      expect(allowed(ROLLING, command)).toEqual([0, 50, 100]);
      expect(allowed(BLUE_GREEN, command)).toEqual([0, 100]);
    }
    expect(allowed(AB, 'deploy')).toEqual([0]);
    expect(allowed(AB, 'weight')).toEqual([]);
  });

  test('is rejected as input, with what to do', async () => {
    const error = await refusal(() => requireWeight(AB.kind, 20, 'deploy'));
    expect(error).toMatchObject({ code: 'strategy-refuses', exitCode: 2 });
    expect(error.hint).toContain('canary abort');
  });
});

describe('a promotion', () => {
  const progress = (index: number): StepProgress => ({
    strategy: 'rolling',
    steps: stepsOf({ strategy: ROLLING, steps: [] }, 2),
    index,
    begunAt: '',
    isStepDone: false,
    counts: NO_COUNTS,
  });
  const release = (rest: Partial<Release>) => ({ branch: 'x', ...rest }) as Release;
  const replacing = { from: '', commit: '', previous: [] };

  test('of an A/B test is rejected, unless it has already begun', async () => {
    const error = await refusal(() => requirePromotable(AB.kind, release({})));
    expect(error.message).toBe('An A/B test is compared, not promoted.');
    expect(() => requirePromotable(AB.kind, release({ replacing }))).not.toThrow();
    const begun = release({ progress: { ...progress(0), strategy: 'ab' } });
    const later = await refusal(() => requirePromotable('canary', begun));
    expect(later.message, 'also when canary.yaml says something else by now').toBe(error.message);
  });

  test('waits for every container of a rolling release', async () => {
    const error = await refusal(() =>
      requirePromotable(ROLLING.kind, release({ progress: progress(0) })),
    );
    expect(error.message).toContain('step 1 of 2');
    expect(() => requirePromotable(ROLLING.kind, release({ progress: progress(1) }))).not.toThrow();
    expect(() => requirePromotable(CANARY.kind, release({}))).not.toThrow();
  });
});
