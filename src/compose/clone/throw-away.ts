import type { ComposeVolume } from '../model/model.ts';

/** What a path of the host is, as far as it can be seen. */
export type PathKind = 'file' | 'directory' | 'other' | 'missing';

/** A mount that a rehearsal replaces by an empty volume, which it may fill. */
export interface Replaced {
  /** The volume's name or the path, as people know it. */
  name: string;
  target: string;
}

export interface ThrowAway {
  volumes: ComposeVolume[];
  replaced: Replaced[];
}

/** Where sockets of the host are, some of which are a way out. */
const RUN_FOLDERS = /^(\/var)?\/run(\/|$)/;

/**
 * The mounts of a service for a rehearsal, so that it can change nothing that is kept: what git tracks comes from the
 * branch's tree, files are read-only, everything else is an empty volume. Sockets are left out: they lead outside.
 */
export function throwAwayVolumes(
  volumes: readonly ComposeVolume[],
  isTracked: (source: string) => boolean,
  kindOf: (source: string) => PathKind,
): ThrowAway {
  const result: ThrowAway = { volumes: [], replaced: [] };
  const replaceBy = ({ source, target }: ComposeVolume) => {
    if (!source) return result.volumes.push({ type: 'volume', target });
    result.replaced.push({ name: source, target });
    return result.volumes.push({ type: 'volume', source: volumeName(source), target });
  };
  for (const volume of volumes) {
    const { type, source = '' } = volume;
    if (type === 'volume') replaceBy(volume);
    else if (type === 'tmpfs') result.volumes.push(volume);
    else if (type !== 'bind' || isRunFolder(source)) continue;
    else if (isTracked(source)) result.volumes.push(volume);
    else if (kindOf(source) === 'file') result.volumes.push({ ...volume, read_only: true });
    else if (kindOf(source) === 'directory' && volume.read_only) result.volumes.push(volume);
    else if (kindOf(source) !== 'other') replaceBy(volume);
  }
  return result;
}

/** Whether a path of the host is where its sockets are. */
export function isRunFolder(source: string): boolean {
  return RUN_FOLDERS.test(source);
}

/** The same for the same source, so that services which share it still do; never for two. */
export function volumeName(source: string): string {
  const escaped = source.replace(
    /[^A-Za-z0-9.-]/gu,
    (sign) => `_${sign.codePointAt(0)?.toString(16)}_`,
  );
  return `canary-${escaped}`;
}
