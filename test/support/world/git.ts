import { CanaryError } from '../../../src/errors.ts';
import type { Machine } from '../../../src/system/machine.ts';
import type { SimulatedProcess } from './process.ts';

/** Git where no repository is. */
export function withoutRepository(process: SimulatedProcess): Machine['git'] {
  const known: Record<string, () => unknown> = {
    root: () => {
      throw new CanaryError('repository-missing', 'This is no repository.');
    },
    resolve: () => undefined,
  };
  return new Proxy({} as Machine['git'], {
    get: (_, name) => {
      const act = known[String(name)];
      if (!act) throw new Error(`The simulated git does not know ${String(name)}`);
      return () => process.look(act);
    },
  });
}
