import { describe, expect, test } from 'vitest';
import { nearestTags } from '../../../src/nearest.ts';
import { listedTags } from '../../../src/project/images/listed-tags.ts';
import type { AskHttp } from '../../../src/system/http.ts';

type Answer = { status?: number; body?: string; headers?: Record<string, string> } | Error;

/** What each address answers, and which were asked, with what was sent along. */
function registry(answers: Record<string, Answer | ((sent?: string) => Answer)>) {
  const asked: string[] = [];
  const http: AskHttp = async ({ url, headers = {} }) => {
    asked.push(url);
    const known = answers[url] ?? new Error('refused');
    const answer = typeof known === 'function' ? known(headers.authorization) : known;
    if (answer instanceof Error) throw answer;
    const { status = 200, body = '' } = answer;
    return {
      ...{ status, headers: answer.headers ?? {}, body: Buffer.from(body) },
      ...{ isCut: false, ms: 1 },
    };
  };
  return { asked, http, signal: new AbortController().signal };
}

const LIST = 'https://registry.acme.example/v2/acme/web/tags/list?n=1000';
const IMAGE = 'registry.acme.example/acme/web:1.4';

test('a registry that lists them to anybody', async () => {
  const body = JSON.stringify({ tags: ['1.3', '1.4.2', 7, null, '\u001b[31mred', '-x'] });
  const context = registry({ [LIST]: { body } });
  expect(await listedTags(context, IMAGE)).toEqual(['1.3', '1.4.2']);
});

test('one that wants a token which anybody gets', async () => {
  const realm = 'https://auth.acme.example/token';
  const challenge = `Bearer realm="${realm}",service="registry",scope="repository:acme/web:pull"`;
  const tokens = `${realm}?service=registry&scope=repository%3Aacme%2Fweb%3Apull`;
  const context = registry({
    [LIST]: (sent) =>
      sent === 'Bearer abc'
        ? { body: '{"tags":["2"]}' }
        : { status: 401, headers: { 'www-authenticate': challenge } },
    [tokens]: { body: '{"token":"abc"}' },
  });
  expect(await listedTags(context, IMAGE)).toEqual(['2']);
});

test.each([
  ['acme/web:1', 'https://registry-1.docker.io/v2/acme/web/tags/list?n=1000'],
  ['nginx', 'https://registry-1.docker.io/v2/library/nginx/tags/list?n=1000'],
  ['127.0.0.1:5000/web:1', 'http://127.0.0.1:5000/v2/web/tags/list?n=1000'],
  ['localhost/web:1', 'http://localhost/v2/web/tags/list?n=1000'],
  ['127.evil.example/web:1', 'https://127.evil.example/v2/web/tags/list?n=1000'],
  ['shop.example:444/a/b@sha256:0', undefined],
])('%s is asked for at %s', async (reference, url) => {
  const context = registry({});
  expect(await listedTags(context, reference)).toEqual([]);
  expect(context.asked).toEqual(url === undefined ? [] : [url]);
});

describe('without an answer there are none', () => {
  const refused = (headers: Record<string, string>) => ({ [LIST]: { status: 401, headers } });
  test.each<[string, Record<string, Answer>]>([
    ['out of reach', {}],
    ['no JSON', { [LIST]: { body: '<html>' } }],
    ['JSON of another kind', { [LIST]: { body: '{"tags":{}}' } }],
    ['not found', { [LIST]: { status: 404, body: '{"tags":["1"]}' } }],
    ['a password', refused({ 'www-authenticate': 'Basic realm="x"' })],
    ['a token in the clear', refused({ 'www-authenticate': 'Bearer realm="http://auth/token"' })],
    ['a token from nowhere', refused({ 'www-authenticate': 'Bearer realm="https://"' })],
  ])('%s', async (_, answers) => {
    expect(await listedTags(registry(answers), IMAGE)).toEqual([]);
  });
});

test('an interrupt is none of these', async () => {
  const { http } = registry({});
  const signal = AbortSignal.abort(new Error('stopped'));
  await expect(listedTags({ http, signal }, IMAGE)).rejects.toThrow('stopped');
});

test.each([
  ['1.4.3', ['1.4.2', '1.4.1', '2.0.0', 'latest'], ['1.4.2', '1.4.1']],
  ['lates', ['latest', 'main'], ['latest']],
  ['v2', ['2', 'v1', 'main'], ['v1', '2']],
  ['main', ['1.0', '2.0'], []],
  ['9', ['1', '2'], ['2', '1']],
  ['1.8', ['1.9', '1.10', '1.7'], ['1.9', '1.7', '1.10']],
  ['1.1', ['1.9', '1.20', '1.3'], ['1.9', '1.3', '1.20']],
])('nearest to %s', (tag, tags, near) => {
  expect(nearestTags(tag, tags)).toEqual(near);
});
