import { expect, onTestFinished, test, vi } from 'vitest';
import { systemClock } from '../../../src/system/clock.ts';

test('the time of a process goes on when the machine’s clock is set back', () => {
  const before = systemClock.now();
  vi.useFakeTimers({ toFake: ['Date'], now: before.getTime() - 3_600_000 });
  onTestFinished(() => void vi.useRealTimers());
  expect(systemClock.machineTime().getTime()).toBe(before.getTime() - 3_600_000);
  expect(systemClock.now().getTime()).toBeGreaterThanOrEqual(before.getTime());
});
