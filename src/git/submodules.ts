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
 * Reads from a repository's settings which submodules its owner has initialised: those with a URL
 * that are not inactive. `active` has booleans as git writes them.
 */
export function readSubmoduleSettings(urls: string, active: string): (name: string) => boolean {
  const known = new Set(entries(urls).map(({ key }) => key));
  const settings = new Map(entries(active).map(({ key, value }) => [key, value]));
  return (name) =>
    known.has(`submodule.${name}.url`) && settings.get(`submodule.${name}.active`) !== 'false';
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
