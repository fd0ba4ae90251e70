import { CanaryError } from '../errors.ts';
import { withoutPasswords } from './urls.ts';

/** Where a deploy repository is. */
export type TargetUrl =
  | { kind: 'local'; path: string }
  | { kind: 'ssh'; host: string; port: number | undefined; path: string };

/**
 * Reads the addresses that git supports for ssh and for folders (gitglossary and git-push(1), "GIT
 * URLS"): `ssh://[user@]host[:port]/path`, `[user@]host:path`, a path, `file:///path`. Throws
 * `remote-unusable` on any other, and on text that ssh or git could take for an option. `host`
 * includes the user, if there is one.
 */
export function parseTargetUrl(url: string): TargetUrl {
  if (url === '' || url.startsWith('-') || /\p{Cc}/u.test(url)) throw unusable(url);
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(url)?.[1]?.toLowerCase();
  if (scheme === 'ssh') return readSsh(url);
  if (scheme === 'file') return { kind: 'local', path: decoded(url, pathOf(url)) };
  if (scheme !== undefined || /^[a-z0-9]+::/i.test(url)) throw unusable(url);
  // The host ends at the first colon and contains no slash; otherwise it is a path (git-push(1)).
  const short = /^([^/:]+):(.+)$/.exec(url);
  if (!short) return { kind: 'local', path: url };
  const [, host = '', path = ''] = short;
  return ssh(url, host, undefined, path);
}

function readSsh(url: string): TargetUrl {
  if (!URL.canParse(url)) throw unusable(url);
  const { username, password, hostname, port, pathname } = new URL(url);
  if (password) {
    throw new CanaryError(
      'remote-unusable',
      'The address holds a password, which git would store.',
      {
        hint: 'Use an ssh key, and leave the password out.',
      },
    );
  }
  const user = username ? `${decoded(url, username)}@` : '';
  const path = decoded(url, pathname);
  // As in git: `/~` is the home folder of a user there.
  const place = path.startsWith('/~') ? path.slice(1) : path;
  return ssh(url, `${user}${hostname}`, port ? Number(port) : undefined, place);
}

function pathOf(url: string): string {
  if (!URL.canParse(url)) throw unusable(url);
  return new URL(url).pathname;
}

function decoded(url: string, part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw unusable(url);
  }
}

function ssh(url: string, host: string, port: number | undefined, path: string): TargetUrl {
  const isSafe = /^([\w.+-]+@)?[\w.-]+$|^([\w.+-]+@)?\[[0-9a-f:.]+\]$/i.test(host);
  const parts = host.split('@');
  if (!isSafe || parts.some((part) => part.startsWith('-')) || path === '' || path === '/') {
    throw unusable(url);
  }
  return { kind: 'ssh', host: host.replace(/[[\]]/g, ''), port, path };
}

function unusable(url: string): CanaryError {
  return new CanaryError(
    'remote-unusable',
    `canary cannot deploy to ${JSON.stringify(withoutPasswords(url))}.`,
    {
      hint: 'Give an address like ssh://user@host/srv/shop.git, user@host:/srv/shop.git or /srv/shop.git.',
    },
  );
}
