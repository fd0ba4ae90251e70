/** The result of a push as git reports it, ref by ref (git-push(1), "--porcelain"). */
export interface RefReport {
  ref: string;
  outcome: 'pushed' | 'unchanged' | 'refused';
  /** Git's summary, for instance `[rejected] (fetch first)`. */
  summary: string;
}

/** Reads what `git push --porcelain` printed on standard output. */
export function parsePushReport(stdout: string): RefReport[] {
  return stdout.split('\n').flatMap((line) => {
    const [flag = '', refs = '', summary = ''] = line.split('\t');
    if (flag.length !== 1 || !refs.includes(':')) return [];
    const ref = refs.slice(refs.indexOf(':') + 1);
    const outcome = flag === '!' ? 'refused' : flag === '=' ? 'unchanged' : 'pushed';
    return [{ ref, outcome, summary } as const];
  });
}

/**
 * The other lines of that output: messages of the user's own pre-push hook, which git passes on.
 */
export function hookWords(stdout: string): string[] {
  const isGits = /^(To |Done$|.\t.*:)/;
  return stdout.split('\n').filter((line) => line !== '' && !isGits.test(line));
}

/**
 * What to do about a rejected push; git distinguishes its own rejections from those of the remote's
 * hooks.
 */
export function refusalHint(refused: readonly RefReport[], remote: string): string {
  const said = refused.map((each) => each.summary).join('\n');
  if (/^\[rejected\] \(stale info\)/m.test(said)) {
    return `The remote has commits that were not seen here: \`git fetch ${remote}\`, look at them, then push again.`;
  }
  if (/^\[rejected\]/m.test(said)) {
    return `The remote has commits that this branch has not: \`git fetch ${remote}\`, merge or rebase, then push again.`;
  }
  if (/^\[remote rejected\] \(shallow update not allowed\)/m.test(said)) {
    return 'This clone is shallow, so it has not the commits that the remote needs: `git fetch --unshallow`, then push again. In CI, check out with the full history.';
  }
  if (/^\[remote rejected\]/m.test(said)) {
    return 'The remote rejected it; its message is above. Nothing was changed there.';
  }
  return 'Nothing was pushed: see the message of git or of your pre-push hook above.';
}
