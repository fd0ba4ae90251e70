import { expect, test, vi } from 'vitest';
import { identityNotice } from '../../../src/probes/identity-notice.ts';
import type { Run } from '../../../src/project/run.ts';
import type { LoggedRequest } from '../../../src/proxy/request-log.ts';

type Place = LoggedRequest['identity'];

interface Requests {
  samples: string;
  side: LoggedRequest['side'];
  users: number;
}

/** The warnings after 400 requests of these kinds, in turn; those with an address are of so many users. */
async function warnings(
  kinds: readonly Place[],
  { samples = '', side = 'canary', users = 3 }: Partial<Requests> = {},
): Promise<string[]> {
  const said: string[] = [];
  const ask = vi.fn(async () => samples);
  const run = {
    project: { socket: { ask } },
    context: { emit: (event: { text: string }) => said.push(event.text) },
  } as unknown as Run;
  const observe = identityNotice(run);
  for (let at = 0; at < 400; at += 1)
    observe({ identity: kinds[at % kinds.length], user: at % users, side } as LoggedRequest);
  await Promise.all(ask.mock.results.map(({ value }) => value));
  await Promise.resolve();
  return said;
}

const base64 = (text: string) => Buffer.from(text).toString('base64');
const SAMPLE = `value=<1 web ${base64('/')} ${base64('Cookie: PHPSESSID=secret\r\n')}>`;

test('nothing is said while most requests name a user or keep the cookie', async () => {
  expect(await warnings(['named', 'cookie', 'address'])).toEqual([]);
});

test('once most requests do not, it is said what that does and how to name users', async () => {
  const [text, ...more] = await warnings(['address', 'address', 'cookie'], { samples: SAMPLE });
  expect(more).toEqual([]);
  expect(text).toContain('67 % of the requests have no identity');
  expect(text).toContain('judging takes longer');
  expect(text).toContain('`identity: [cookie:PHPSESSID]`');
  expect(text).not.toContain('secret');
});

test('a proxy that is not trusted is named as the reason', async () => {
  const [text] = await warnings(['none']);
  expect(text).toContain('`proxy: { trusted: [ADDRESS] }`');
  expect(text).toContain('`identity: [header:NAME]`');
});

test('nothing is known before the proxy gives its cookie', async () => {
  expect(await warnings(['address'], { side: 'stable' })).toEqual([]);
});

test('somebody who came once may come back with the cookie', async () => {
  expect(await warnings(['address'], { users: 400 })).toEqual([]);
});
