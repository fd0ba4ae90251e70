import type { Context } from '../context.ts';
import type { Report } from '../documents/report.ts';
import { CanaryError } from '../errors.ts';
import { recordOf } from '../git/release-record.ts';
import { findState } from '../project/load.ts';
import { newestRelease } from '../release/records/releases.ts';
import { foldRelease, settledState } from '../rollout/release.ts';

/** A release of this folder, the newest without an id. Needs no engine and changes nothing. */
export async function report(context: Context, id: string | undefined): Promise<Report> {
  const state = await findState(context);
  const { journals, lock } = state;
  const isKnown = id !== undefined && (await journals.list()).includes(id);
  const release =
    id === undefined
      ? await newestRelease(state)
      : isKnown
        ? foldRelease(await journals.read(id))
        : undefined;
  if (!release) throw unknown(id);
  const isDriven = (await lock.holder()) !== undefined;
  const settled = settledState(release, isDriven, context.clock.now());
  return { version: 1, release: recordOf({ ...release, ...settled }) };
}

function unknown(id: string | undefined): CanaryError {
  const what = id === undefined ? 'There is no release yet.' : `There is no release \`${id}\`.`;
  return new CanaryError('release-unknown', what, {
    hint: '`canary history` lists the releases of this folder.',
  });
}
