import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import tar from 'tar-stream';
import { expect, test } from 'vitest';
import { CanaryError } from '../../../src/errors.ts';
import { readArchive } from '../../../src/system/docker/container-archive.ts';
import type { ContainerStreams } from '../../../src/system/docker/container-streams.ts';
import { ENGINES, farEngine, nearEngine, ok } from '../../support/fixture-engine.ts';
import { refusal } from '../../support/fixture-refusal.ts';

const CASES = 300;

const name = fc.oneof(
  fc.constantFrom('__proto__', 'constructor', 'toString', '-x', '../../x', '\u001b[2J', ''),
  fc.string({ unit: 'binary', maxLength: 20 }),
);
const label = fc.oneof(
  fc.constantFrom('role', 'service', 'release', 'commit', 'hash').map((each) => `canary.${each}`),
  fc.constantFrom('service', 'oneoff', 'config-hash').map((each) => `com.docker.compose.${each}`),
  name,
);

test.each(ENGINES)(
  'labels of any container of a %s engine are only read',
  async (_, engineWith) => {
    await fc.assert(
      fc.asyncProperty(fc.dictionary(label, name), name, async (labels, title) => {
        const container = {
          ...{ Id: 'a1', Name: `/${title}`, Image: 'sha256:1', RestartCount: 0, Mounts: [] },
          State: { Status: 'running', StartedAt: '', ExitCode: 0 },
          Config: {
            Image: title,
            Labels: { ...labels, 'com.docker.compose.oneoff': 'False' },
            Env: [title],
          },
          HostConfig: { PortBindings: { [title]: null } },
          NetworkSettings: { Networks: { [title]: { IPAddress: title, Links: [title] } } },
        };
        const [found] = await engineWith(container).containers('shop');
        expect(typeof found?.service).toBe('string');
        expect(['stable', 'canary', 'baseline', 'proxy', 'stand-in']).toContain(found?.role);
      }),
      { numRuns: CASES },
    );
  },
);

test('a variable that the engine names without a value is not set', async () => {
  const container = { Image: 'sha256:1', Config: { Env: ['BANNER', 'MODE=a=b', 'EMPTY='] } };
  const found = await farEngine({ stdout: JSON.stringify([container]) }).environment('a1');
  expect(found.container).toEqual({ MODE: 'a=b', EMPTY: '' });
});

test.each(ENGINES)(
  'a number that a %s engine publishes over UDP alone holds no port',
  async (_, engineWith) => {
    const container = {
      ...{ Id: 'a1', Name: '/web', Image: 'sha256:1', RestartCount: 0, Mounts: [] },
      State: { Status: 'running', StartedAt: '', ExitCode: 0 },
      Config: { Image: 'web', Labels: { 'com.docker.compose.oneoff': 'False' }, Env: null },
      HostConfig: {
        PortBindings: { '443/udp': [{ HostPort: '443' }], '80/tcp': [{ HostPort: '8080' }] },
      },
      NetworkSettings: { Networks: {} },
    };
    const [found] = await engineWith(container).containers('shop');
    expect(found?.publishedPorts).toEqual([8080]);
  },
);

test('an engine that went away, or whose program was ended, is not one without containers', async () => {
  const gone = { stdout: '[]\n', stderr: 'Cannot connect to the Docker daemon', exitCode: 1 };
  for (const [answer, code] of [
    [gone, 'engine-unreachable'],
    [{ stdout: '[{"Id":', exitCode: 137 }, 'command-failed'],
    [{ stdout: '', exitCode: 137 }, 'command-failed'],
  ] as const)
    expect((await refusal(() => farEngine(answer).containers('shop'))).code).toBe(code);
});

const container = (id: string) => ({
  ...{ Id: id, Name: `/${id}`, Image: 'sha256:1', RestartCount: 0, Mounts: [] },
  State: { Status: 'running', StartedAt: '', ExitCode: 0 },
  Config: { Image: 'web', Labels: { 'com.docker.compose.oneoff': 'False' }, Env: null },
  HostConfig: { PortBindings: null },
  NetworkSettings: { Networks: {} },
});

test('of hundreds of containers only a few are asked for at once, and one that disappears is left out', async () => {
  const ids = Array.from({ length: 100 }, (_, index) => `c${100 + index}`);
  let asking = 0;
  let most = 0;
  const engine = nearEngine(async (path) => {
    if (path === '/containers/json') return ok(ids.map((Id) => ({ Id })));
    asking += 1;
    most = Math.max(most, asking);
    await new Promise((resolve) => setImmediate(resolve));
    asking -= 1;
    const [, id = ''] = /^\/containers\/(.*)\/json$/.exec(path) ?? [];
    return id === 'c142' ? { status: 404, body: '{}' } : ok(container(id));
  });
  const found = (await engine.containers('shop')).map(({ id }) => id);
  expect(found).toEqual(ids.filter((id) => id !== 'c142'));
  expect(most).toBeLessThanOrEqual(16);
});

test.each([
  ['a failure', { status: 500, body: '{"message":"too many open files"}' }, 'too many open files'],
  ['half an answer', { status: 200, body: '[{"Id":' }, '[{"Id":'],
  ['no list', { status: 404, body: '{}' }, '{}'],
])('an engine that answers %s is not one without containers', async (_, answer, said) => {
  const error = await refusal(() => nearEngine(() => answer).containers('shop'));
  expect(error).toMatchObject({ code: 'command-failed', details: [said] });
});

async function archive(): Promise<Buffer> {
  const pack = tar.pack();
  pack.entry({ name: 'a/', type: 'directory' });
  pack.entry({ name: `a/${'long'.repeat(60)}` }, 'text');
  pack.entry({ name: 'a/link', type: 'symlink', linkname: '/etc/shadow' });
  pack.entry({ name: 'a/b' }, 'x'.repeat(2000));
  pack.finalize();
  return buffer(pack as unknown as Readable);
}

test('a damaged archive ends in a result or in an error with a code', async () => {
  const whole = await archive();
  const change = fc.tuple(fc.nat(whole.length), fc.uint8Array({ maxLength: 600 }));
  await fc.assert(
    fc.asyncProperty(fc.array(change), fc.nat(whole.length), async (changes, length) => {
      const bytes = Buffer.from(whole);
      for (const [at, junk] of changes) bytes.set(junk.subarray(0, bytes.length - at), at);
      const streams = {
        read: (_: unknown, take: (content: Readable) => Promise<void>) =>
          take(Readable.from([bytes.subarray(0, length)])),
      } as unknown as ContainerStreams;
      const from = { container: 'a', path: '/a' };
      await readArchive(streams, from, async () => undefined).catch((error: unknown) =>
        expect(error).toBeInstanceOf(CanaryError),
      );
    }),
    { numRuns: CASES },
  );
});
