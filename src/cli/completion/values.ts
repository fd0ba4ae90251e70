import { SIGNALS } from '../../analysis/signals.ts';
import { ROLES } from '../../config/values/role.ts';
import { RELEASE_STATES } from '../../rollout/events.ts';
import type { Names } from './names.ts';

/** What a shell does with the offered words, in the bits that cobra's completions use. */
export const DIRECTIVE = { files: 0, noSpace: 2, noFiles: 4, folders: 16 } as const;

/** What may stand at a place. */
export interface Offer {
  words: readonly string[];
  directive: number;
}

type Values = (names: Names, typed: string) => Promise<Offer>;

const words = (list: readonly string[]): Offer => ({ words: list, directive: DIRECTIVE.noFiles });
const files: Values = async () => ({ words: [], directive: DIRECTIVE.files });
const folders: Values = async () => ({ words: [], directive: DIRECTIVE.folders });
const branches: Values = async (names) => words(await names.branches());
const remotes: Values = async (names) => words(await names.remotes());
const releases: Values = async (names) => words(await names.releases());
const services: Values = async (names) => words(await names.services());

/** `SERVICE=` first, then what follows it. */
function serviceAnd(second: readonly string[]): Values {
  return async (names, typed) => {
    const all = await names.services();
    if (typed.includes('='))
      return words(all.flatMap((name) => second.map((each) => `${name}=${each}`)));
    const directive = DIRECTIVE.noFiles | DIRECTIVE.noSpace;
    return { words: all.map((name) => `${name}=`), directive };
  };
}

/** The values of options and arguments that are not choices, by command and name. */
const VALUES: Readonly<Record<string, Values>> = {
  '--branch': branches,
  '--from': branches,
  '--stable': branches,
  '--remote': remotes,
  '--service': services,
  '--role': serviceAnd(ROLES),
  '--entry': serviceAnd([]),
  '--image': serviceAnd([]),
  '--for': async () => words(RELEASE_STATES),
  '--signal': async () => words(SIGNALS),
  '--replay': releases,
  '--allow': async () => ({
    words: ['destructive:', 'contracting:', 'unrehearsed:'],
    directive: DIRECTIVE.noFiles | DIRECTIVE.noSpace,
  }),
  '--object-format': async () => words(['sha1', 'sha256']),
  '--file': files,
  '--env-file': files,
  '--config': files,
  '--set-from': files,
  '--apply': files,
  '--directory': folders,
  '--production': folders,
  '--repository': folders,
  'revert release': releases,
  'push remote': remotes,
  'apply patch': files,
  'remote prepare path': folders,
  'remote add url': folders,
};

const NOTHING: Offer = { words: [], directive: DIRECTIVE.noFiles };

/** What may stand for an option, by its long name, or an argument, by command and name. */
export async function offerOf(place: string, names: Names, typed: string): Promise<Offer> {
  const values = Object.hasOwn(VALUES, place) ? VALUES[place] : undefined;
  return values ? values(names, typed).catch(() => NOTHING) : NOTHING;
}
