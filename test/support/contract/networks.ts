import { addressOf, api, docker, IMAGE, inspect, type Script, stateOf, until } from './test-bed.ts';

/** Networks, names on them, and host ports that follow the networks of a container. */
export const NETWORKS: Script = {
  title: 'networks, their names, and ports that change hands',
  compose: ({ project, port }) => `name: ${project}
services:
  web: { image: ${IMAGE.one}, ports: ["${port}:80"], networks: { default: { aliases: [shop] } } }
  next: { image: ${IMAGE.two}, ports: ["${port}:80"], networks: [inside], profiles: [next] }
networks:
  default: {}
  inside: { internal: true }
`,
  async play(bed, note) {
    const [web, next] = [`${bed.project}-web-1`, `${bed.project}-next-1`];
    const [network, inside, own] = [
      `${bed.project}_default`,
      `${bed.project}_inside`,
      `${bed.project}_own`,
    ];
    const labels = { 'com.docker.compose.project': bed.project };
    const connect = (name: string, Container: string, Aliases?: string[]) =>
      api(bed, 'POST', `/networks/${name}/connect`, {
        Container,
        ...(Aliases ? { EndpointConfig: { Aliases } } : {}),
      });
    const disconnect = (name: string, Container: string) =>
      api(bed, 'POST', `/networks/${name}/disconnect`, { Container });

    note('up', await bed.compose('up', '--detach'));
    await until(bed, 'web answers', async () => (await bed.ask()) === 'one');
    note('web', await stateOf(bed, web));
    const made = { Name: own, Labels: labels, Internal: false, CheckDuplicate: true };
    note('create', (await api(bed, 'POST', '/networks/create', made)).status);
    note('create again', (await api(bed, 'POST', '/networks/create', made)).status);
    note('connect', (await connect(own, web, ['front'])).status);
    note('connected', await stateOf(bed, web));
    note('connect again', await connect(own, web));
    note('connect to nothing', (await connect('canary-unknown', web)).status);
    note('connect nobody', (await connect(own, 'canary-unknown')).status);
    note('remove one in use', (await api(bed, 'DELETE', `/networks/${own}`)).status);
    note('disconnect', (await disconnect(own, web)).status);
    note('disconnect again', (await disconnect(own, web)).status);
    note('remove', (await api(bed, 'DELETE', `/networks/${own}`)).status);
    note('remove again', (await api(bed, 'DELETE', `/networks/${own}`)).status);

    note(
      'another with the port, inside',
      await bed.compose('--profile', 'next', 'up', '--detach', 'next'),
    );
    note('next', await stateOf(bed, next));
    await until(
      bed,
      'next has booted',
      async () => (await inspect(bed, next)).State.Running !== false,
    );
    note('who answers', await bed.ask());
    const taken = await connect(network, next);
    note('the port is taken', [taken.status, /port is already allocated/.test(taken.message)]);
    note('it is there all the same', await stateOf(bed, next));
    note('web lets go', (await disconnect(network, web)).status);
    note('nobody has the port', await bed.ask());
    note('next cannot take it any more', (await connect(network, next, ['shop'])).status);
    note('nor leave', (await disconnect(network, next)).status);
    note('rm', (await docker(bed, 'container', 'rm', '--force', '--volumes', '--', next)).exitCode);
    note('next again', await bed.compose('--profile', 'next', 'up', '--detach', 'next'));
    note('next takes it', (await connect(network, next, ['shop'])).status);
    await until(bed, 'next answers', async () => (await bed.ask()) === 'two');
    note('next has it', await stateOf(bed, next));
    const back = await connect(network, web);
    note('web cannot have it', [back.status, /port is already allocated/.test(back.message)]);
    note('web', await stateOf(bed, web));
    note('stop next', (await api(bed, 'POST', `/containers/${next}/stop`)).status);
    note('a stopped one keeps its networks', await stateOf(bed, next));
    note('web still cannot', (await connect(network, web)).status);
    note('stop web', (await api(bed, 'POST', `/containers/${web}/stop`)).status);
    note('a start mends it', (await api(bed, 'POST', `/containers/${web}/start`)).status);
    await until(bed, 'web answers again', async () => (await bed.ask()) === 'one');
    const refused = await api(bed, 'POST', `/containers/${next}/start`);
    note('next cannot start', [refused.status, /port is already allocated/.test(refused.message)]);
    note('next', await stateOf(bed, next));
    note(
      'a network with one that is stopped',
      (await api(bed, 'DELETE', `/networks/${inside}`)).status,
    );
    note('it has', [
      (await addressOf(bed, web, network)) !== '',
      await addressOf(bed, next, network),
    ]);
  },
};
