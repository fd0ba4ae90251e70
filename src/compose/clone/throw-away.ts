import type { ComposeVolume } from '../model/model.ts';

/**
 * The kind of a path on the host, as far as it can be seen. `leads-out`: a folder from which
 * sockets or devices of the host can be reached.
 */
export type PathKind = 'file' | 'directory' | 'leads-out' | 'other' | 'missing';

/** A mount that a rehearsal replaces with an empty volume, which it may fill. */
export interface Replaced {
  /** The name of the volume, or the path, as the operator knows it. */
  name: string;
  target: string;
}

export interface ThrowAway {
  volumes: ComposeVolume[];
  replaced: Replaced[];
  /** Where the container lacks what its service has, because it would lead out. */
  withheld: string[];
}

/** Folders with sockets of the host, some of which give access to the outside. */
const RUN_FOLDERS = /^(\/var)?\/run(\/|$)/;

/**
 * The mounts of a service in a rehearsal, so that it cannot change kept data: files that git tracks
 * come from the branch's tree, other files are read-only, everything else is an empty volume.
 * What leads out, such as sockets, is left out.
 */
export function throwAwayVolumes(
  volumes: readonly ComposeVolume[],
  isTracked: (source: string) => boolean,
  kindOf: (source: string) => PathKind,
): ThrowAway {
  const result: ThrowAway = { volumes: [], replaced: [], withheld: [] };
  const replaceBy = ({ source, target }: ComposeVolume) => {
    if (!source) return result.volumes.push({ type: 'volume', target });
    result.replaced.push({ name: source, target });
    return result.volumes.push({ type: 'volume', source: volumeName(source), target });
  };
  for (const volume of volumes) {
    const { type, source = '', target } = volume;
    const kind = kindOf(source);
    if (type === 'volume') replaceBy(volume);
    else if (type === 'tmpfs') result.volumes.push(volume);
    else if (type !== 'bind' || kind === 'other' || isRunFolder(source)) {
      result.withheld.push(target);
    } else if (isTracked(source)) {
      result.volumes.push(volume);
    } else if (kind === 'leads-out') {
      result.withheld.push(target);
      result.volumes.push({ type: 'volume', target });
    } else if (kind === 'file' || (kind === 'directory' && volume.read_only)) {
      result.volumes.push({ ...volume, read_only: true });
    } else replaceBy(volume);
  }
  return result;
}

/** Whether a path of the host is in a folder with its sockets. */
export function isRunFolder(source: string): boolean {
  return RUN_FOLDERS.test(source);
}

/**
 * The same name for the same source, so that services which share it still do; never one name for
 * two sources.
 */
export function volumeName(source: string): string {
  const escaped = source.replace(
    /[^A-Za-z0-9.-]/gu,
    (sign) => `_${sign.codePointAt(0)?.toString(16)}_`,
  );
  return `canary-${escaped}`;
}
