import { expect, test } from 'vitest';
import { ENGINES } from '../../support/fixture-engine.ts';

test.each(ENGINES)(
  'a container of a %s engine is known by its addresses of both families, in every network',
  async (_, engineWith) => {
    const networks = {
      back: { IPAddress: '10.0.0.2', GlobalIPv6Address: 'fd00::2', Links: null },
      front: { IPAddress: '', GlobalIPv6Address: 'fd01::2', Links: null },
    };
    const inspected = {
      ...{ Id: 'a1', Name: '/web', Image: 'sha256:1', RestartCount: 0, Mounts: [] },
      State: { Status: 'running', StartedAt: '', ExitCode: 0 },
      Config: {
        Image: 'web',
        Labels: { 'com.docker.compose.service': 'web', 'com.docker.compose.oneoff': 'False' },
        Env: null,
      },
      HostConfig: { PortBindings: null },
      NetworkSettings: { Networks: networks },
    };
    const [container] = await engineWith(inspected).containers('shop');
    expect(container?.addresses).toEqual(['10.0.0.2', 'fd00::2', 'fd01::2']);
  },
);
