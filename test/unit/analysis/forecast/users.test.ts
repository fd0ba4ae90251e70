import { expect, test } from 'vitest';
import { comingIn, knowsUsers, usersOf } from '../../../../src/analysis/forecast/users.ts';
import { binomial, poisson, randomFrom } from '../../../../src/analysis/stats/random.ts';

/** Requests that users send in a time, when each sends `mean` of them in the mean. */
function countsOf(size: number, mean: number): number[] {
  const random = randomFrom(7);
  return Array.from({ length: size }, () => poisson(mean, random)).filter((count) => count > 0);
}

test('users who did not come yet are estimated from those who came once and twice', () => {
  const users = usersOf({ ms: 1000, counts: countsOf(5000, 0.8), failing: 0, repeatable: 0 });
  const all = users.groups.reduce((sum, { size }) => sum + size, 0);
  expect(all).toBeGreaterThan(4500);
  expect(all).toBeLessThan(5500);
  // In ten times the time nearly everybody comes; in the time that was seen, as many as were.
  expect(comingIn(users, 10_000)).toBeGreaterThan(4300);
  expect(comingIn(users, 1000) / (5000 * (1 - Math.exp(-0.8)))).toBeCloseTo(1, 1);
});

test('if nobody came twice, new users keep coming', () => {
  const users = usersOf({ ms: 1000, counts: Array(500).fill(1), failing: 0, repeatable: 0 });
  expect(comingIn(users, 2000)).toBeGreaterThan(900);
  expect(users.rate).toBeCloseTo(0.5);
});

test('if everybody came often, nobody is missing', () => {
  const users = usersOf({ ms: 1000, counts: [10, 20, 30], failing: 0, repeatable: 0 });
  expect(comingIn(users, 1_000_000)).toBeCloseTo(3);
});

test('users are known when half of the requests come from those who came before', () => {
  expect(knowsUsers(countsOf(5000, 0.8))).toBe(true);
  expect(knowsUsers(countsOf(5000, 0.2))).toBe(false);
  expect(knowsUsers([1, 1, 2])).toBe(true);
});

test.each([0.3, 4, 25, 60])('counts are drawn with a mean of %d', (mean) => {
  const random = randomFrom(3);
  const draws = Array.from({ length: 4000 }, () => poisson(mean, random));
  const trials = Array.from({ length: 4000 }, () => binomial(200, mean / 200, random));
  for (const drawn of [draws, trials]) {
    const average = drawn.reduce((sum, each) => sum + each, 0) / drawn.length;
    expect(Math.abs(average - mean)).toBeLessThan(5 * Math.sqrt(mean / drawn.length));
  }
});

test('a draw of sure and impossible trials is sure', () => {
  const random = randomFrom(1);
  expect([binomial(9, 1, random), binomial(9, 0, random), poisson(0, random)]).toEqual([9, 0, 0]);
});
