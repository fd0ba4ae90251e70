import { docker, IMAGE, type Script } from './test-bed.ts';

/** Names of images, and volumes that are used or not. */
export const IMAGES: Script = {
  title: 'names of images, volumes and networks',
  compose: ({ project }) => `name: ${project}
services:
  web: { image: ${IMAGE.one}, volumes: ["data:/data"] }
volumes: { data: {} }
`,
  async play(bed, note) {
    const ours = ['--filter', `label=com.docker.compose.project=${bed.project}`];
    const run = async (what: string, ...args: string[]) => {
      const { exitCode, stdout } = await docker(bed, ...args);
      note(what, [exitCode, stdout.split('\n').filter(Boolean).sort()]);
    };
    const has = async (reference: string) => {
      const { exitCode, stdout } = await docker(bed, 'image', 'inspect', '--', reference);
      return exitCode === 0 ? JSON.parse(stdout)[0].Id : undefined;
    };
    const listed = ['image', 'ls', '--format', '{{.Repository}}:{{.Tag}}', '--', bed.project];
    const [kept, other] = [`${bed.project}:kept`, `${bed.project}:other`];

    note('up', await bed.compose('up', '--detach'));
    await run('tag', 'image', 'tag', '--', IMAGE.one, kept);
    await run('tag it again', 'image', 'tag', '--', IMAGE.one, other);
    note('the same image', (await has(kept)) === (await has(IMAGE.one)));
    await run('list', ...listed);
    await run('move', 'image', 'tag', '--', IMAGE.two, other);
    note('the other image', [
      (await has(other)) === (await has(IMAGE.one)),
      (await has(other)) === (await has(IMAGE.two)),
    ]);
    const rm = async (name: string) =>
      (await docker(bed, 'image', 'rm', '--no-prune', '--', name)).exitCode;
    note('rm a name', await rm(other));
    note('it is gone', await has(other));
    note('the image is not', (await has(IMAGE.two)) !== undefined);
    note('tag nothing', (await docker(bed, 'image', 'tag', '--', other, kept)).exitCode);
    note('rm the last name', await rm(kept));
    await run('list', ...listed);

    const volumes = ['volume', 'ls', '--quiet', ...ours];
    await run('volumes', ...volumes);
    await run('dangling', ...volumes, '--filter', 'dangling=true');
    note('down', await bed.compose('down'));
    await run('dangling', ...volumes, '--filter', 'dangling=true');
    await run('networks', 'network', 'ls', '--format', '{{.Name}}', ...ours);
    note('up', await bed.compose('up', '--detach'));
    await run('networks', 'network', 'ls', '--format', '{{.Name}}', ...ours);
    await run('volumes', ...volumes);
  },
};
