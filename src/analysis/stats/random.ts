/** Random numbers from 0 to 1, from a seed (mulberry32, Tommy Ettinger, public domain). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** From this mean on, a normal distribution is as good as the exact one, and does not take longer. */
const LARGE = 30;

/** How many events happen if `mean` are expected (a Poisson distribution). */
export function poisson(mean: number, random: () => number): number {
  if (mean <= 0) return 0;
  if (mean >= LARGE) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal(random)));
  let left = random();
  let chance = Math.exp(-mean);
  for (let count = 0; ; count += 1) {
    left -= chance;
    // The rest of the sum is smaller than a number between 0 and 1 can tell.
    if (left < 0 || chance < 1e-12) return count;
    chance *= mean / (count + 1);
  }
}

/** How many of so many trials succeed, each with the same chance (a binomial distribution). */
export function binomial(trials: number, chance: number, random: () => number): number {
  if (chance >= 1) return trials;
  if (chance > 0.5) return trials - binomial(trials, 1 - chance, random);
  const mean = trials * chance;
  if (mean >= LARGE) {
    const drawn = Math.round(mean + Math.sqrt(mean * (1 - chance)) * normal(random));
    return Math.min(trials, Math.max(0, drawn));
  }
  if (mean <= 0) return 0;
  // Jumps from one success to the next: few numbers are drawn where few succeed.
  const jump = Math.log1p(-chance);
  let count = 0;
  for (let at = 0; ; count += 1) {
    at += Math.floor(Math.log(1 - random()) / jump) + 1;
    if (at > trials) return count;
  }
}

function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
