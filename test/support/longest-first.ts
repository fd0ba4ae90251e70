import { readFileSync } from 'node:fs';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Seconds of each file that takes long, as scripts/test-durations.mjs measured it. */
const DURATIONS: Readonly<Record<string, number>> = JSON.parse(
  readFileSync(new URL('../durations.json', import.meta.url), 'utf8'),
);

/**
 * Begins with the longest of a ring, so that no worker is left alone with one at the end. Vitest does so where it has
 * measured them before; in a fresh clone it goes by size, which does not tell.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const seconds = ({ moduleId }: TestSpecification) =>
      DURATIONS[moduleId.slice(moduleId.lastIndexOf('/test/') + 1)] ?? 0;
    const order = ({ project }: TestSpecification) => project.config.sequence.groupOrder;
    return (await super.sort(files)).sort(
      (left, right) => order(left) - order(right) || seconds(right) - seconds(left),
    );
  }
}
