/** Where a clone takes a bind mount inside the repository from: its branch, or the stable's own path. */
export type MountSide = 'branch' | 'stable';

/** What is known about a folder or file that a service mounts. Paths are relative to the repository. */
export interface MountFacts {
  /** What canary.yaml says. */
  said: 'branch' | 'shared' | undefined;
  readOnly: boolean;
  /** Whether it is the whole project, or a folder above it. */
  isProject: boolean;
  /** What the branch has there; nothing if only the user's own tree has it. */
  tracked: readonly string[];
  /** What the user's tree has there that git does not track. */
  untracked: readonly string[];
  /** Whether `.gitignore` ignores files that are new there. */
  ignoresNew: boolean;
  /** Whether it leads out of the repository by a link. */
  leadsOut: boolean;
}

/** Files that only keep a folder in git, or describe it. */
const PLACEHOLDER =
  /(^|\/)(\.git(keep|ignore|attributes)|\.?keep(me)?|\.empty|\.placeholder|README(\.\w+)?)$/i;

/** What programs and editors leave beside code. */
const BYPRODUCT =
  /(^|\/)(__pycache__\/?|\.DS_Store|Thumbs\.db|desktop\.ini)$|\.(py[co]|sw[po])$|~$/;

/** Decides whether a mount is code or data, and why, as the end of a sentence. */
export function mountSide(facts: MountFacts): { side: MountSide; why: string } {
  const data = (why: string) => ({ side: 'stable', why }) as const;
  const code = (why: string) => ({ side: 'branch', why }) as const;
  if (facts.said) {
    const words = 'canary.yaml says so (`mounts`)';
    return facts.said === 'shared' ? data(words) : code(words);
  }
  if (facts.isProject) return code('it is the whole project');
  if (facts.leadsOut) return data('a link leads out of the repository');
  if (facts.tracked.length === 0) return data('git does not track it, so it is data');
  if (facts.readOnly) return code('git tracks it');
  if (facts.tracked.every((path) => PLACEHOLDER.test(path)))
    return data(
      'it is writable and git tracks no more than a placeholder in it, so it is for data',
    );
  if (facts.ignoresNew)
    return data('it is writable and `.gitignore` ignores new files in it, so it is for data');
  const own = facts.untracked.find((path) => !BYPRODUCT.test(path));
  if (own) return data(`it is writable and git does not track ${own}, so it holds data`);
  return code('git tracks it');
}
