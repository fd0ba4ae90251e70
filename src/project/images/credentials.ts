import { join } from 'node:path';
import { ownValue } from '../../config/values/by-name.ts';
import type { Context } from '../../context.ts';
import { readIfExists } from '../../system/files.ts';
import { placeOf } from './registry-http.ts';

/** What Docker calls Docker Hub in its settings. */
const HUB_KEY = 'https://index.docker.io/v1/';

/**
 * Where Docker's command line looked for a password for the registry of an image, a sentence: the name of the credential helper or of
 * the settings' file. Nothing of a password is read. Source: docker/cli, "Credential stores" and "Credential helpers".
 */
export async function credentialsOf(
  env: Context['env'],
  reference: string,
): Promise<string | undefined> {
  const place = placeOf(reference);
  if (place === undefined) return undefined;
  const { host } = place;
  const file = join(env.DOCKER_CONFIG || join(env.HOME ?? '', '.docker'), 'config.json');
  const settings = await settingsIn(file);
  if (settings === undefined) return `Docker has no credentials for ${host}: there is no ${file}.`;
  const key = host === 'docker.io' ? HUB_KEY : host;
  const helper = textOf(settings.credHelpers, key);
  const store = typeof settings.credsStore === 'string' ? settings.credsStore : undefined;
  const name = helper ?? store;
  if (name !== undefined && /^[\w.-]{1,64}$/.test(name)) {
    const setting = helper === undefined ? 'credsStore' : 'credHelpers';
    return `Docker asked the credential helper \`docker-credential-${name}\` for ${host} (\`${setting}\` of ${file}).`;
  }
  const isSignedIn = Object.hasOwn(asRecord(settings.auths), key);
  return isSignedIn
    ? `Docker sent the login for ${host} that is in ${file}.`
    : `Docker found no login for ${host} in ${file}.`;
}

/** Docker's settings; empty if they cannot be read. */
async function settingsIn(file: string): Promise<Readonly<Record<string, unknown>> | undefined> {
  try {
    const text = await readIfExists(file);
    return text === undefined ? undefined : asRecord(JSON.parse(text));
  } catch {
    return {};
  }
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function textOf(record: unknown, key: string): string | undefined {
  const value = ownValue(asRecord(record), key);
  return typeof value === 'string' ? value : undefined;
}
