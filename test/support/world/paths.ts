/** Where everything is as programs of the simulated world see it: the same in each run, as digests have it in them. */
export const SEEN = '/simulated';

/** Turns paths that programs see into those of the real folder in which the files are, and back. */
export interface Paths {
  real(text: string): string;
  seen(text: string): string;
}

/** `home`: the real folder. */
export function pathsIn(home: string): Paths {
  return {
    real: (text) => text.replaceAll(SEEN, home),
    seen: (text) => text.replaceAll(home, SEEN),
  };
}
