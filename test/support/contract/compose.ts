import { containers, docker, IMAGE, inspect, type Script, type TestBed } from './test-bed.ts';

const file = (project: string, port: number, image: string, extra = '') => `name: ${project}
services:
  web: { image: ${image}, ports: ["${port}:80"], depends_on: [api] }
  api: { image: ${IMAGE.one}, container_name: "${project}-the-api" }
  worker: { image: ${IMAGE.one}, scale: 2 }
${extra}`;

/** What Compose makes again, and what it leaves alone. */
export const COMPOSE: Script = {
  title: 'what Compose makes, leaves and replaces',
  compose: ({ project, port }) => file(project, port, IMAGE.one),
  async play(bed, note) {
    const { project, port } = bed;
    let known = new Map<string, string>();
    /** What there is, and which of them were made or started since the last look. */
    const look = async (what: string, exitCode: number | undefined) => {
      const seen = await facts(bed);
      note(what, [
        exitCode,
        ...seen.map(({ name, id, started, rest }) => {
          const before = known.get(name);
          const change = before === undefined || !before.startsWith(id) ? 'made' : 'started';
          return [name, rest, before === `${id} ${started}` ? 'left alone' : change].join(' ');
        }),
      ]);
      known = new Map(seen.map(({ name, id, started }) => [name, `${id} ${started}`]));
    };
    const step = async (...args: string[]) => look(args.join(' '), await bed.compose(...args));

    await step('up', '--detach', 'web');
    await step('up', '--detach');
    await step('up', '--detach');
    await step('up', '--detach', '--scale', 'worker=3');
    await step('up', '--detach', '--no-recreate');
    const rm = ['container', 'rm', '--force', '--', `${project}-worker-1`];
    await docker(bed, ...rm);
    await step('up', '--detach');
    await step('restart', 'api');
    await bed.write('compose.yml', file(project, port, IMAGE.two));
    await step('up', '--detach', '--no-recreate');
    await step('up', '--detach', '--no-deps', 'web');
    await step('up', '--detach', '--force-recreate', '--no-deps', 'worker');
    await step('stop', 'web');
    await step('start', 'web');
    await step('stop', 'web');
    await step('up', '--detach', '--no-recreate', '--no-deps', 'web');
    await step('create', '--force-recreate', 'api');
    await step('up', '--detach');
    const extra = `  more: { image: ${IMAGE.one} }\n`;
    await bed.write('compose.yml', file(project, port, IMAGE.two, extra));
    await step('up', '--detach');
    await bed.write('compose.yml', file(project, port, IMAGE.two));
    await step('up', '--detach');
    await step('up', '--detach', '--remove-orphans');
    await step('down');
  },
};

async function facts(bed: TestBed) {
  const found = await containers(bed);
  return Promise.all(
    found.map(async ({ id, name }) => {
      const { State, Config } = await inspect(bed, id);
      return { id, name, started: State.StartedAt, rest: `${State.Status} ${Config.Image}` };
    }),
  );
}
