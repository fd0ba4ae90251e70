import { relative, resolve } from 'node:path';
import { type MountSide, mountSide } from '../../compose/clone/mount-side.ts';
import type { ComposeModel, ComposeVolume } from '../../compose/model/model.ts';
import type { Context } from '../../context.ts';
import { CanaryError } from '../../errors.ts';
import { realpath } from '../../system/disk.ts';
import type { Project } from '../load.ts';
import { isInside, type Mirror, ownPath } from './mirror.ts';

interface Tree {
  commit: string;
  mirror: Mirror;
  /** The project's folder inside the worktree. */
  directory: string;
  model: ComposeModel;
}

/** A bind mount of a clone. */
export interface CheckedOutMount {
  /** As the branch defines it. */
  volume: ComposeVolume;
  /** The path from the project's folder, as canary.yaml names it. */
  written: string;
  /** The path that the clone mounts. */
  source: string;
  /** `machine`: outside of the repository, the same for both. */
  from: MountSide | 'machine';
  /** The end of a sentence. */
  why: string;
  /** Files in it that the branch changes, although the clone has the stable's. */
  untried: readonly string[];
}

/** The bind mounts of a service of the branch, each with the side it is taken from. */
export async function findMounts(
  { git }: Context,
  project: Pick<Project, 'repository' | 'directory' | 'config'>,
  { commit, mirror, directory, model }: Tree,
  service: string,
): Promise<CheckedOutMount[]> {
  const settings = Object.entries(project.config.mounts).map(
    ([path, said]) => [resolve(project.directory, path), said] as const,
  );
  const worktree = await git.worktreeOf(project.repository, mirror.tree);
  const find = async (volume: ComposeVolume): Promise<CheckedOutMount> => {
    const { source: path = '', read_only: readOnly = false } = volume;
    const own = ownPath(mirror, path);
    const written = writtenPath(project.directory, own);
    if (!isInside(path, mirror.tree)) {
      const why = 'it lies outside of the repository';
      return { volume, written, source: own, from: 'machine', why, untried: [] };
    }
    // Of the whole repository, `.`: git takes no empty path.
    const place = relative(mirror.tree, path) || '.';
    const [tracked, untracked, ignoresNew, real] = await Promise.all([
      git.trackedFiles(worktree, place),
      readOnly ? [] : git.untrackedFiles(project.repository, place),
      readOnly ? false : git.ignoresNew(project.repository, place),
      realpath(path).catch(() => undefined),
    ]);
    const { side, why } = mountSide({
      said: settings.find(([each]) => each === own)?.[1],
      readOnly,
      isProject: isInside(directory, path),
      tracked,
      untracked,
      ignoresNew,
      leadsOut: tracked.length > 0 && !(real && isInside(real, mirror.tree)),
    });
    if (side === 'branch') {
      if (tracked.length === 0) throw notInBranch(written);
      return { volume, written, source: path, from: side, why, untried: [] };
    }
    const changed =
      tracked.length > 0 ? await git.changedPaths(project.repository, 'HEAD', commit) : [];
    const untried = changed.filter((each) => place === '.' || isInside(each, place));
    return { volume, written, source: own, from: side, why, untried };
  };
  const binds = (model.services[service]?.volumes ?? []).filter(
    ({ type, source }) => type === 'bind' && source,
  );
  return Promise.all(binds.map(find));
}

/** A setting for a mount that neither side has would be ignored; throws `config-invalid`. */
export function refuseUnknownMounts(
  { directory, config, slice, model }: Pick<Project, 'directory' | 'config' | 'slice' | 'model'>,
  mounts: readonly CheckedOutMount[],
): void {
  const ofStable = slice.flatMap(({ service }) => model.services[service]?.volumes ?? []);
  const sources = ofStable.flatMap(({ type, source }) =>
    type === 'bind' && source ? [writtenPath(directory, source)] : [],
  );
  const known = new Set([...sources, ...mounts.map(({ written }) => written)]);
  const unknown = Object.keys(config.mounts).find(
    (path) => !known.has(writtenPath(directory, resolve(directory, path))),
  );
  if (unknown === undefined) return;
  throw new CanaryError(
    'config-invalid',
    `canary.yaml names the mount \`${unknown}\`, which no chosen service has.`,
    { hint: known.size > 0 ? `They have: ${[...known].sort().join(', ')}.` : 'They have none.' },
  );
}

function writtenPath(directory: string, path: string): string {
  const written = relative(directory, path);
  if (written === '') return '.';
  return written.startsWith('..') ? written : `./${written}`;
}

function notInBranch(path: string): CanaryError {
  return new CanaryError(
    'config-invalid',
    `canary.yaml takes the mount \`${path}\` from the branch, which has nothing there.`,
    { hint: `Commit it to the branch, or write \`mounts: { ${path}: shared }\`.` },
  );
}

/** Bind mounts whose source is not what the branch's files say: data, and what lies beside the repository. */
export function movedMounts(mounts: readonly CheckedOutMount[]): ComposeVolume[] {
  return mounts.flatMap(({ volume, source }) =>
    source === volume.source ? [] : [{ ...volume, source }],
  );
}
