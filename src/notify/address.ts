import { resolve } from 'node:path';
import type { SecretAddress } from '../config/sections/notify.ts';
import { ownValue } from '../config/values/by-name.ts';
import { valueHider } from '../config/values/hide-values.ts';
import { messageOf } from '../errors.ts';
import { readIfExists } from '../system/files.ts';
import type { Environment } from '../system/process.ts';

/** An address, and a function that hides it and its parts in a text; or why there is none, without the address. */
type Found = { url: string; hide: (text: string) => string } | { problem: string };

/** Shorter parts of an address are words of other texts too. */
const SHORTEST_PART = 8;

/** Reads the address of a target; `directory`: where a relative file is. Never rejects. */
export async function readAddress(
  address: SecretAddress,
  env: Environment,
  directory: string,
): Promise<Found> {
  const name = 'file' in address ? address.file : address.variable;
  try {
    const text =
      'file' in address
        ? await readIfExists(resolve(directory, address.file))
        : ownValue(env, address.variable);
    const url = text?.trim() ?? '';
    if (url === '') {
      const problem = 'file' in address ? 'is missing or empty' : 'is not set in the environment';
      return { problem: `${name} ${problem}` };
    }
    if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
      return { problem: `${name} has no address that begins with http:// or https://` };
    return { url, hide: hiderOf(name, url) };
  } catch (error) {
    return { problem: `${name} cannot be read: ${messageOf(error)}` };
  }
}

/** Servers quote parts of an address: the secret is one of them. */
function hiderOf(name: string, url: string): (text: string) => string {
  const { pathname, search, searchParams } = new URL(url);
  const parts = [...pathname.split('/'), search, ...searchParams.values()];
  const secrets = [url, ...parts.filter((part) => part.length >= SHORTEST_PART)];
  return valueHider(secrets.map((secret) => [name, secret]));
}
