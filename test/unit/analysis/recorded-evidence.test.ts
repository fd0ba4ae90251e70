import { expect, test } from 'vitest';
import { RecordedEvidence } from '../../../src/analysis/recorded-evidence.ts';

const SETTINGS = {
  alpha: 0.01,
  margin: 0.5,
  minimumRequests: 100,
  percentile: 99,
  warmUp: 0,
  signals: ['failed'],
} as const;

/** A recorded moment: users, failed users and requests of each side. */
const moment = (stable: number, canary: number, failed: number) => {
  const numbers = (users: number, bad: number) => [users, bad, users, bad, users, users];
  return `${JSON.stringify({ at: 1, signal: 'failed', stable: numbers(stable, 0), canary: numbers(canary, failed) })}\n`;
};

test('says how far the judge is, and weighs each record once however often it is read', () => {
  const evidence = new RecordedEvidence(SETTINGS);
  expect(evidence.standing(20, 100)).toBeUndefined();
  const good = moment(1000, 50, 0);
  evidence.read(good);
  evidence.read(good);
  expect(evidence.standing(20, 100)).toMatchObject({ against: 0, for: 0.5 });
  // The rest of a line that is being written comes later.
  const bad = moment(1000, 50, 3);
  evidence.read(good + bad.slice(0, 20));
  expect(evidence.standing(20, 100)).toMatchObject({ against: 0, for: 0.5 });
  evidence.read(good + bad);
  const { against = 0 } = evidence.standing(20, 100) ?? {};
  expect(against).toBeGreaterThan(0.3);
  evidence.read(good + bad + moment(1000, 50, 40));
  expect(evidence.standing(20, 100)?.against).toBe(1);
});
