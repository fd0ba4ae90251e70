/** The part of jstat that the tests use; the package has no types. */
declare module 'jstat' {
  export const jStat: {
    binomial: { pdf(successes: number, trials: number, chance: number): number };
    hypgeom: { pdf(drawn: number, all: number, marked: number, draws: number): number };
    lognormal: { inv(share: number, mu: number, sigma: number): number };
    betaln(left: number, right: number): number;
  };
}
