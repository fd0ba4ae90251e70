import {
  addressOf,
  api,
  containers,
  docker,
  IMAGE,
  inspect,
  type Script,
  stateOf,
  until,
} from './test-bed.ts';

/** Start, stop, crash and restart, and what the engine tells about each. */
export const CONTAINERS: Script = {
  title: 'containers that start, stop, crash and start again',
  compose: ({ project, port }) => `name: ${project}
services:
  web: { image: ${IMAGE.one}, ports: ["${port}:80"] }
  steady: { image: ${IMAGE.one}, restart: unless-stopped, healthcheck: { test: "exit 0", interval: 1s } }
  broken: { image: ${IMAGE.crashing}, restart: always, profiles: [broken] }
  late: { image: ${IMAGE.one}, profiles: [late] }
`,
  async play(bed, note) {
    const [web, steady, broken] = ['web', 'steady', 'broken'].map(
      (service) => `${bed.project}-${service}-1`,
    ) as [string, string, string];
    note('up', await bed.compose('up', '--detach'));
    note(
      'made',
      (await containers(bed)).map(({ name }) => name),
    );
    note('web runs', await stateOf(bed, web));
    await until(bed, 'web answers', async () => (await bed.ask()) === 'one');
    await until(
      bed,
      'steady is healthy',
      async () => (await inspect(bed, steady)).State.Health.Status === 'healthy',
    );
    note('steady runs', await stateOf(bed, steady));

    note('stop', await api(bed, 'POST', `/containers/${web}/stop`));
    note('stopped', await stateOf(bed, web));
    note('nobody answers', await bed.ask());
    note('stop again', await api(bed, 'POST', `/containers/${web}/stop`));
    const before = (await inspect(bed, web)).State.StartedAt;
    note('start', await api(bed, 'POST', `/containers/${web}/start`));
    note('started', await stateOf(bed, web));
    note('a new start', (await inspect(bed, web)).State.StartedAt > before);
    note('start again', await api(bed, 'POST', `/containers/${web}/start`));
    note('unknown', await api(bed, 'POST', '/containers/canary-unknown/start'));
    note('inspect unknown', await stateOf(bed, 'canary-unknown'));

    await until(bed, 'web answers again', async () => (await bed.ask()) === 'one');
    await bed.crash(web);
    await until(
      bed,
      'web has crashed',
      async () => (await inspect(bed, web)).State.Status === 'exited',
    );
    note('crashed', await stateOf(bed, web));
    await bed.crash(steady);
    await until(
      bed,
      'steady runs again',
      async () => (await inspect(bed, steady)).RestartCount === 1,
    );
    await until(
      bed,
      'steady is healthy again',
      async () => (await inspect(bed, steady)).State.Health?.Status === 'healthy',
    );
    note('restarted by the engine', await stateOf(bed, steady));
    note('stop steady', await api(bed, 'POST', `/containers/${steady}/stop`));
    note('stays stopped', await stateOf(bed, steady));
    note('start steady', await api(bed, 'POST', `/containers/${steady}/start`));
    note('restarts are counted anew', (await inspect(bed, steady)).RestartCount);

    note('up broken', await bed.compose('--profile', 'broken', 'up', '--detach', 'broken'));
    await until(bed, 'broken restarts', async () => (await inspect(bed, broken)).RestartCount > 2);
    await until(
      bed,
      'broken waits',
      async () => (await inspect(bed, broken)).State.Status === 'restarting',
    );
    note('stop what restarts', await api(bed, 'POST', `/containers/${broken}/stop`));
    note('what restarted', (await inspect(bed, broken)).State.Status);

    const network = `${bed.project}_default`;
    const address = await addressOf(bed, steady, network);
    note('stop steady', await api(bed, 'POST', `/containers/${steady}/stop`));
    note('up late', await bed.compose('--profile', 'late', 'up', '--detach', 'late'));
    note(
      'an address changes hands',
      (await addressOf(bed, `${bed.project}-late-1`, network)) === address,
    );

    const { id } = (await containers(bed)).find(({ name }) => name === steady) ?? { id: '' };
    note('rm', (await docker(bed, 'container', 'rm', '--force', '--volumes', '--', id)).exitCode);
    note('removed', await stateOf(bed, steady));
    note(
      'rm again',
      (await docker(bed, 'container', 'rm', '--force', '--volumes', '--', id)).exitCode,
    );
  },
};
