import { cloneableService } from '../../src/compose/slice.ts';
import { CanaryError } from '../../src/errors.ts';
import { brokenInvariants } from '../support/invariants.ts';
import { type Alone, renderAlone } from '../support/render-alone.ts';
import { resolvedWith, type StackGround } from './ground.ts';

/** So many overrides lie over the user's files at once; more make Compose slower than it saves. */
const AT_ONCE = 20;

/** What is wrong with the clone of any service that may be cloned, each alone. */
export async function faultsOfClones(ground: StackGround): Promise<string[]> {
  const { model } = ground.project;
  const all = Object.keys(model.services).filter((name) => isCloneable(ground, name));
  const names = spread(all, Number(process.env.CANARY_CORPUS_SERVICES ?? all.length));
  const rendered: Alone[] = [];
  const faults: string[] = [];
  for (const name of names) {
    const alone = await renderAlone(ground, [name]).catch((error: unknown) => error);
    if (alone instanceof CanaryError && alone.exitCode === 2) continue;
    if (alone instanceof Error) faults.push(`${name}: ${alone.message}`);
    else rendered.push(alone as Alone);
  }
  // Overrides of different services add to each other: only where something is wrong each is looked at alone.
  for (let first = 0; first < rendered.length; first += AT_ONCE) {
    const some = rendered.slice(first, first + AT_ONCE);
    if ((await faultsTogether(ground, some)).length === 0) continue;
    for (const each of some) {
      const found = await faultsTogether(ground, [each]);
      faults.push(...found.map((fault) => `${each.slice[0]?.service}: ${fault}`));
    }
  }
  return faults;
}

/** So many of a list, from its whole length. */
function spread(names: readonly string[], most: number): string[] {
  const step = Math.max(1, names.length / most);
  return names.filter((_, index) => Math.floor(index / step) !== Math.floor((index - 1) / step));
}

async function faultsTogether(ground: StackGround, rendered: readonly Alone[]): Promise<string[]> {
  const texts = rendered.map(({ text }) => text);
  const after = await resolvedWith(ground, texts);
  if (typeof after === 'string') return [after];
  const written = Object.fromEntries(texts.map((text, index) => [`override ${index}`, text]));
  const slice = rendered.flatMap((each) => each.slice);
  return brokenInvariants({
    ...{ before: ground.project.model, after, slice, written },
    secrets: ground.secrets,
  });
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
