import { cloneableService } from '../../src/compose/slice.ts';
import { CanaryError } from '../../src/errors.ts';
import { brokenInvariants } from '../support/invariants.ts';
import { type Alone, renderAlone } from '../support/render-alone.ts';
import { resolvedWith, type StackGround } from './ground.ts';
import { sampleOf } from './stacks.ts';

/** What is wrong with the clone of each service that can be cloned alone, except those already tried. */
export async function faultsOfClones(
  ground: StackGround,
  tried: readonly string[],
): Promise<string[]> {
  const { model } = ground.project;
  const all = Object.keys(model.services).filter(
    (name) => !tried.includes(name) && isCloneable(ground, name),
  );
  const faults: string[] = [];
  for (const name of sampleOf(all, 'CANARY_CORPUS_SERVICES')) {
    const alone = await renderAlone(ground, [name]).catch((error: unknown) => error);
    if (alone instanceof CanaryError && alone.exitCode === 2) continue;
    const found = alone instanceof Error ? [alone.message] : await faultsOf(ground, alone as Alone);
    faults.push(...found.map((fault) => `${name}: ${fault}`));
  }
  return faults;
}

async function faultsOf(ground: StackGround, { text, slice }: Alone): Promise<string[]> {
  const after = await resolvedWith(ground, text);
  if (typeof after === 'string') return [after];
  const { project, secrets } = ground;
  return brokenInvariants({ before: project.model, after, slice, written: { text }, secrets });
}

function isCloneable({ project }: StackGround, name: string): boolean {
  try {
    cloneableService(project.model, name);
    return true;
  } catch (error) {
    if (error instanceof CanaryError) return false;
    throw error;
  }
}
