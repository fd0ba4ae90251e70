import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** What takes longest, the longest first; the sizes of the files do not tell. */
const LONG = [
  'shape',
  'strategies',
  'rehearsal',
  'stacks-files',
  'judge',
  'push-deploy',
  'backup',
  'migration',
  'promotion',
  'behind',
  'killed',
  'mishaps',
  'protection',
  'baseline',
  'replicas',
  'rehearsal-mariadb-shop',
  'mesh',
  'records',
].map((name) => `test/engine/${name}.test.ts`);

/**
 * Begins with the longest of a ring, so that no worker is left alone with one at the end. Vitest does so where it has
 * measured them before; in a fresh clone it goes by size.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const found = LONG.findIndex((path) => moduleId.endsWith(path));
      return found < 0 ? LONG.length : found;
    };
    const order = ({ project }: TestSpecification) => project.config.sequence.groupOrder;
    return (await super.sort(files)).sort(
      (left, right) => order(left) - order(right) || rank(left) - rank(right),
    );
  }
}
