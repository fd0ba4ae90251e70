import { readFileSync } from 'node:fs';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Seconds of each slow file, as measured by scripts/test-durations.mjs. */
const DURATIONS: Readonly<Record<string, number>> = JSON.parse(
  readFileSync(new URL('../durations.json', import.meta.url), 'utf8'),
);

/**
 * Starts with the longest of a ring, so that no worker runs a long one alone at the end. Vitest does so after it has
 * measured them; in a fresh clone it goes by file size, which does not help.
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
