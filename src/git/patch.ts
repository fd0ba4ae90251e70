/**
 * Whether a patch is a mail as `git format-patch` writes it, with its own author, date and message.
 */
export function isMailPatch(text: string): boolean {
  const head = text.split(/\r?\n\r?\n/, 1)[0] ?? '';
  return /^From:? /m.test(head) && /^Subject:/m.test(head);
}

/** The message of a commit made from plain diffs, if none is given. */
export function patchMessage(fileNames: readonly string[]): string {
  return `Apply ${fileNames.join(', ')}`;
}

/** The message of a commit that reverts others, newest first. */
export function revertMessage(subjects: readonly string[]): string {
  const first = subjects[0] ?? '';
  return subjects.length === 1
    ? `Revert "${first}"`
    : `Revert ${subjects.length} commits up to "${first}"`;
}
