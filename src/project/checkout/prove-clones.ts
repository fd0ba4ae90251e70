import { imageBuilder } from '../../compose/clone/companions.ts';
import { type CloneComparison, corrections, differences } from '../../compose/clone/proof.ts';
import { ownVolumes } from '../../compose/clone/volumes.ts';
import type { Fields } from '../../compose/model/fields.ts';
import type { ComposeModel } from '../../compose/model/model.ts';
import { cloneName } from '../../compose/model/names.ts';
import type { WrittenModel } from '../../compose/model/written.ts';
import { type CloneSource, renderClones } from '../../compose/render/override.ts';
import { discoveryOf } from '../../compose/services/discovery.ts';
import type { SliceMember } from '../../compose/slice.ts';
import { byName } from '../../config/values/by-name.ts';
import { CanaryError, hasCode } from '../../errors.ts';
import type { Compose, ComposeScope } from '../../system/docker/compose.ts';

/** What is proven. */
interface Subject {
  /** The stable's model, and how Compose is called for its project. */
  model: ComposeModel;
  scope: ComposeScope;
  slice: readonly SliceMember[];
  /** The branch's files as written; read only if extending them is not enough. */
  written: () => Promise<WrittenModel>;
}

/** What a release's clones must be made from to be what the branch defines; by service. */
export interface Proven {
  /** Definitions that are copied, if extending the files would not give the same. */
  copies: Readonly<Record<string, Fields>>;
  /** Fields that are set explicitly in addition. */
  corrections: Readonly<Record<string, Fields>>;
}

interface Mismatch {
  service: string;
  fields: readonly string[];
  comparison: CloneComparison;
}

const AS_EXTENDED: Proven = { copies: {}, corrections: {} };

/**
 * Lets Compose resolve the clones and compares each with what the branch's own files define: first as services that
 * extend the files, which keeps all values where they are; else as copies of what is written there. Throws
 * `service-not-cloneable` if neither is the same. No clone is started on a guess.
 */
export async function proveClones(
  compose: Compose,
  subject: Subject,
  clones: CloneSource,
): Promise<Proven> {
  const { model, scope, slice } = subject;
  const mismatchesWith = async (proven: Proven) => {
    const text = renderClones({ model, slice, clones: { ...clones, ...proven } });
    return mismatches(subject, clones, await compose.part(scope, text));
  };
  const extended = await mismatchesWith(AS_EXTENDED).catch(refusalOfCompose);
  if (extended?.length === 0) return AS_EXTENDED;
  const { services } = await subject.written().catch((error: unknown) => {
    throw notExtendable(error);
  });
  const names = slice.map(({ service }) => service);
  const copies = byName(names.map((name) => [name, copyOf(services[name])] as const));
  const copied = await mismatchesWith({ copies, corrections: {} });
  const said = byName(
    copied.map(
      ({ service, fields, comparison }) => [service, corrections(fields, comparison)] as const,
    ),
  );
  const proven = { copies, corrections: said };
  const [left] = copied.length > 0 ? await mismatchesWith(proven) : [];
  if (left) throw differs(left);
  return proven;
}

/** Compose cannot extend every file that it can read. */
function refusalOfCompose(error: unknown): undefined {
  if (hasCode(error, 'compose-file-invalid')) return undefined;
  throw error;
}

/** A clone has its own `depends_on`; its profile was chosen with the service. */
export function copyOf({ depends_on: _, profiles: __, ...rest }: Fields = {}): Fields {
  return rest;
}

function mismatches(
  { slice }: Subject,
  { model: branch, dataMounts, pulled = [] }: CloneSource,
  resolved: ComposeModel,
): Mismatch[] {
  const names = slice.map(({ service }) => service);
  const own = ownVolumes(branch, names);
  return slice.flatMap(({ service, clone }): Mismatch[] => {
    const expected = branch.services[service] ?? {};
    const moved = [...(own.get(service) ?? []), ...(dataMounts[service] ?? [])];
    const comparison = {
      expected,
      actual: resolved.services[clone] ?? {},
      hasOwnImage:
        pulled.includes(service) || Boolean(expected.build ?? imageBuilder(branch, service, names)),
      withheld: discoveryOf(expected).environment,
      moved: moved.map(({ target }) => target),
    };
    // Whatever file the labels came from: no program may take the clone for the stable.
    const { labels, replacements } = discoveryOf({ labels: comparison.actual.labels ?? {} });
    const isFound = labels.some((label) => !Object.hasOwn(replacements, label));
    const fields = [...differences(comparison), ...(isFound ? ['labels'] : [])];
    return fields.length > 0 ? [{ service, fields, comparison }] : [];
  });
}

/** Compose reads the project's files, but rejects extending single services of them. */
function notExtendable(error: unknown): unknown {
  if (!(error instanceof CanaryError) || error.code !== 'compose-file-invalid') return error;
  return new CanaryError(
    'service-not-cloneable',
    'Compose can read the compose file, but not extend its services.',
    {
      details: error.details,
      hint: 'Write names in `depends_on`, not variables.',
    },
  );
}

function differs({ service, fields }: Mismatch): CanaryError {
  const names = fields.map((field) => `\`${field}\``).join(', ');
  return new CanaryError(
    'service-not-cloneable',
    `Compose reads ${names} of \`${cloneName(service)}\` otherwise than of \`${service}\`.`,
    {
      hint: 'Move the variables of an `include` into the `.env` of the project.',
    },
  );
}
