import { expect, test } from 'vitest';
import { requireRunning } from '../../../src/release/guards.ts';
import { BEHIND_PROXY, canary, NEW, observed } from '../../support/fixture-observed.ts';

test('a canary whose journal was lost is not "no canary": the error says how it ends', () => {
  expect(() => requireRunning(undefined, observed(BEHIND_PROXY))).toThrow('No canary is running.');
  const world = observed([...BEHIND_PROXY, canary('frontend', NEW)]);
  expect(() => requireRunning(undefined, world)).toThrow('of which no release is recorded');
});
