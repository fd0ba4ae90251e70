import { type CloneComparison, corrections, differences } from '../../compose/clone/proof.ts';
import { ownVolumes } from '../../compose/clone/volumes.ts';
import { discoveryOf } from '../../compose/discovery.ts';
import type { Fields } from '../../compose/fields.ts';
import type { ComposeModel } from '../../compose/model.ts';
import { cloneName } from '../../compose/names.ts';
import { type CloneSource, renderClones } from '../../compose/override.ts';
import type { SliceMember } from '../../compose/slice.ts';
import { replace } from '../../compose/tagged.ts';
import { CanaryError } from '../../errors.ts';
import type { Compose, ComposeScope, WrittenModel } from '../../system/compose.ts';

/** What a proof is about. */
interface Subject {
  /** The stable's model, and how Compose is asked about its project. */
  model: ComposeModel;
  scope: ComposeScope;
  slice: readonly SliceMember[];
  /** As people wrote the branch's files; asked for where something is taken from there. */
  written: () => Promise<WrittenModel>;
  /** Services of files whose paths are not relative to their own folder, as those that others extend are. */
  displaced: readonly string[];
}

/** By service, what its clone has to say outright. */
type Corrections = Readonly<Record<string, Fields>>;

interface Mismatch {
  service: string;
  fields: readonly string[];
  comparison: CloneComparison;
}

/**
 * Lets Compose resolve the clones and compares each with what the branch's own files say. Gives what has to be said
 * outright; throws `service-not-cloneable` where that is not enough. No clone is started on a guess.
 */
export async function proveClones(
  compose: Compose,
  subject: Subject,
  clones: CloneSource,
): Promise<Corrections> {
  const { model, scope, slice } = subject;
  const mismatchesWith = async (said: Corrections) => {
    const text = renderClones({ model, slice, clones: { ...clones, corrections: said } });
    const resolved = await compose.part(scope, text);
    return mismatches(subject, clones, resolved);
  };
  const settings = await settingsOutright(subject);
  const wrong = await mismatchesWith(settings);
  if (wrong.length === 0) return settings;
  const said = { ...settings };
  for (const { service, fields, comparison } of wrong)
    said[service] = { ...said[service], ...corrections(fields, comparison) };
  const [left] = await mismatchesWith(said);
  if (left) throw differs(left);
  return said;
}

function mismatches(
  { slice }: Subject,
  { model: branch, dataMounts }: CloneSource,
  resolved: ComposeModel,
): Mismatch[] {
  const own = ownVolumes(
    branch,
    slice.map(({ service }) => service),
  );
  return slice.flatMap(({ service, clone }): Mismatch[] => {
    const comparison = {
      expected: branch.services[service] ?? {},
      actual: resolved.services[clone] ?? {},
      withheld: discoveryOf(branch.services[service] ?? {}).environment,
      moved: [...(own.get(service) ?? []), ...(dataMounts[service] ?? [])].map(
        ({ target }) => target,
      ),
    };
    const fields = differences(comparison);
    return fields.length > 0 ? [{ service, fields, comparison }] : [];
  });
}

/** Extending a file takes its folder for that of its paths; files of settings would be missed. */
async function settingsOutright({ written, displaced }: Subject): Promise<Corrections> {
  if (displaced.length === 0) return {};
  const { services } = await written();
  return Object.fromEntries(
    displaced.flatMap((service) => {
      const files = services[service]?.env_file;
      return files === undefined ? [] : [[service, { env_file: replace(files) }]];
    }),
  );
}

function differs({ service, fields }: Mismatch): CanaryError {
  const names = fields.map((field) => `\`${field}\``).join(', ');
  return new CanaryError(
    'service-not-cloneable',
    `Compose reads ${names} of \`${cloneName(service)}\` otherwise than of \`${service}\`.`,
    {
      hint: 'An `include` with variables of its own, or `!reset` in one of several files, does that: say it in the service itself.',
    },
  );
}
