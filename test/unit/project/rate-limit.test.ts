import { expect, test } from 'vitest';
import { limitEnd } from '../../../src/project/images/rate-limit.ts';
import { systemClock } from '../../../src/system/clock.ts';
import type { AskHttp } from '../../../src/system/http.ts';

const IMAGE = 'reg.acme.example/acme/web:1';
const NOW = new Date('2026-12-02T19:20:30Z');
const clock = { ...systemClock, machineTime: () => NOW };
const signal = new AbortController().signal;

async function said(status: number, headers: Record<string, string>, image = IMAGE) {
  const asked: string[] = [];
  const http: AskHttp = async ({ url, method }) => {
    asked.push(`${method} ${url}`);
    return { status, headers, body: Buffer.alloc(0), isCut: false, ms: 1 };
  };
  const words = await limitEnd({ http, signal, clock }, image);
  return { asked, until: words?.replace('The registry says that the limit lasts until ', '') };
}

test.each([
  [{ 'retry-after': '600' }, '2026-12-02 19:31Z.'],
  [{ 'retry-after': 'Wed, 02 Dec 2026 20:00:00 GMT' }, '2026-12-02 20:00Z.'],
  [{ 'x-ratelimit-reset': String(NOW.getTime() / 1000 + 30) }, '2026-12-02 19:21Z.'],
  [{ 'retry-after': '0' }, undefined],
  [{ 'retry-after': 'soon' }, undefined],
  [{ 'retry-after': '999999999' }, undefined],
  [{}, undefined],
])('%j', async (headers, until) => {
  const found = await said(429, headers as Record<string, string>);
  expect(found).toEqual({
    asked: ['HEAD https://reg.acme.example/v2/acme/web/manifests/1'],
    until,
  });
});

test('one that gives the image to others says nothing of this user', async () => {
  expect((await said(200, { 'retry-after': '600' })).until).toBeUndefined();
});

test('a digest is asked for as it is', async () => {
  const digest = `sha256:${'ab'.repeat(32)}`;
  const { asked } = await said(429, {}, `reg.acme.example/acme/web@${digest}`);
  expect(asked).toEqual([`HEAD https://reg.acme.example/v2/acme/web/manifests/${digest}`]);
});
