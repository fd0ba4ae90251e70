import { expect, test } from 'vitest';
import { LABEL } from '../../../src/compose/model/names.ts';
import { ENGINES } from '../../support/fixture-engine.ts';

const container = (name: string, service: string, labels: Readonly<Record<string, string>>) => ({
  ...{ Id: name, Name: `/${name}`, Image: 'sha256:1', RestartCount: 0, Mounts: [] },
  State: { Status: 'running', StartedAt: '', ExitCode: 0 },
  Config: {
    Image: 'web',
    Env: null,
    Labels: {
      ...labels,
      'com.docker.compose.service': service,
      'com.docker.compose.oneoff': 'False',
    },
  },
  HostConfig: { PortBindings: null },
  NetworkSettings: { Networks: {} },
});

/** An image can bring any label but those that Compose sets on the container itself. */
test.each(
  ENGINES.flatMap(([engine, engineWith]) =>
    ['canary', 'baseline', 'proxy', 'stand-in'].map((role) => [role, engine, engineWith] as const),
  ),
)(
  'a container whose image says that it is canary’s %s is none, on a %s engine',
  async (role, _, engineWith) => {
    const forged = {
      [LABEL.role]: role,
      [LABEL.service]: 'web',
      [LABEL.commit]: 'a'.repeat(40),
      [LABEL.release]: 'x',
      [LABEL.definition]: 'y',
    };
    const [found] = await engineWith(container('shop-db-1', 'db', forged)).containers('shop');
    expect(found).toMatchObject({ role: 'stable', service: 'db' });
    expect([found?.commit, found?.release, found?.definition]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  },
);

test.each(ENGINES)('canary’s own are known by both, on a %s engine', async (_, engineWith) => {
  const own = async (name: string, service: string, role: string, of: string) => {
    const labels = { [LABEL.role]: role, [LABEL.service]: of };
    const [found] = await engineWith(container(name, service, labels)).containers('shop');
    return [found?.role, found?.service];
  };
  expect(await own('shop-web-canary-1', 'web-canary', 'canary', 'web')).toEqual(['canary', 'web']);
  expect(await own('x', 'web-baseline', 'baseline', 'web')).toEqual(['baseline', 'web']);
  // On the stage of a rehearsal.
  for (const name of ['web-rehearsal', 'web-migration', 'web-before'])
    expect(await own('x', name, 'canary', 'web')).toEqual(['canary', 'web']);
  expect(await own('x', 'db-rehearsal', 'database', 'db')).toEqual(['stable', 'db']);
});
