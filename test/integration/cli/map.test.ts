import { expect, test } from 'vitest';
import { canary } from '../../support/fixture-cli.ts';
import { COMPOSE, repository } from '../../support/fixture-project.ts';

test('the map of a project with canary.yaml', async () => {
  expect(await canary(await repository(), ['map'])).toEqual({
    stdout: [
      'Entries: the proxy splits their users',
      '  frontend   users reach it on port 3000  -> discounts',
      '',
      'Internal: cloned with the entries',
      '  discounts  cloned; the other clones call its clone  -> db',
      '',
      'Shared: one for stable and canary',
      '  db         its image is postgres:17',
      '',
    ].join('\n'),
    stderr: '',
    exitCode: 0,
  });
});

test('the map without canary.yaml chooses nothing', async () => {
  const { stdout } = await canary(await repository({ 'docker-compose.yml': COMPOSE }), ['map']);
  expect(stdout).not.toMatch(/Entries|Inner/);
  expect(stdout).toMatch(/^Not chosen yet\n {2}discounts /);
});

test('--json and --format json print the same document', async () => {
  const folder = await repository();
  const [first, second] = [
    await canary(folder, ['map', '--json']),
    await canary(folder, ['map', '--format', 'json']),
  ];
  expect(JSON.parse(first.stdout)).toEqual(JSON.parse(second.stdout));
  expect(JSON.parse(first.stdout)).toMatchObject({ version: 1, project: 'shop' });
});

test('the map contains no secret of an environment (promise 9)', async () => {
  const folder = await repository();
  for (const format of ['text', 'mermaid', 'dot', 'json'])
    expect((await canary(folder, ['map', '--format', format])).stdout).not.toContain('hunter2');
});

test('-q prints the result alone', async () => {
  const folder = await repository();
  const { stdout } = await canary(folder, ['map']);
  expect(await canary(folder, ['-q', 'map'])).toEqual({ stdout, stderr: '', exitCode: 0 });
  expect((await canary(folder, ['-q', '-f', 'nowhere.yml', 'map'])).stderr).toBe(
    '✖ There is no compose file DIR/nowhere.yml.\n  Go to the folder of your docker-compose.yml, or name it with `-C DIR` or `-f FILE`.\n',
  );
});

test('-C, -p and a subfolder work as in Compose', async () => {
  const folder = await repository();
  const below = await canary(`${folder}/frontend`, ['map', '--json']);
  const named = await canary('/', ['-C', folder, '-p', 'other', 'map', '--json']);
  expect(JSON.parse(below.stdout).project).toBe('shop');
  expect(JSON.parse(named.stdout).project).toBe('other');
});
