/** A submodule of one commit. */
export interface Submodule {
  name: string;
  path: string;
  commit: string;
}

/** Names and paths from a `.gitmodules`, as `git config -z --get-regexp` prints them. */
export function submodulePaths(text: string): Pick<Submodule, 'name' | 'path'>[] {
  return entries(text).flatMap(({ key, value }) => {
    const name = /^submodule\.(.*)\.path$/s.exec(key)?.[1];
    return name ? [{ name, path: value }] : [];
  });
}

/**
 * Reads from a repository's settings (`submodule.*`) which submodules its owner has initialised.
 */
export function readSubmoduleSettings(text: string): (name: string) => boolean {
  const settings = new Map(entries(text).map(({ key, value }) => [key, value]));
  return (name) =>
    settings.has(`submodule.${name}.url`) &&
    !['false', 'no', 'off', '0'].includes(settings.get(`submodule.${name}.active`) ?? 'true');
}

/** Whether a name can only be a folder below another one; git rejects other names too. */
export function isSafeModuleName(name: string): boolean {
  return !name.startsWith('/') && !name.split('/').includes('..');
}

function entries(text: string): { key: string; value: string }[] {
  return text
    .split('\0')
    .filter(Boolean)
    .map((entry) => {
      const end = entry.indexOf('\n');
      return { key: entry.slice(0, end), value: entry.slice(end + 1) };
    });
}
