import { expect, test } from 'vitest';
import { canaryAndChanges, fakeDocker } from '../support/fixture-cli.ts';
import { repository, SHOP_FILES } from '../support/fixture-project.ts';

const COMPOSE_HINT =
  'Install the Compose plugin 2.24.0 or newer; the old `docker-compose` (v1) cannot be used.';

test.each([
  [
    'no Compose plugin',
    `echo "docker: 'compose' is not a docker command." >&2; exit 1`,
    'compose-missing',
    COMPOSE_HINT,
  ],
  [
    'a Docker that takes the options for its own',
    'echo "unknown flag: --short" >&2; exit 125',
    'compose-missing',
    COMPOSE_HINT,
  ],
  ['Compose v1', 'echo 1.29.2', 'compose-too-old', 'canary needs 2.24.0 or newer.'],
  ['an old Compose v2', 'echo v2.20.0', 'compose-too-old', 'canary needs 2.24.0 or newer.'],
])('%s is rejected, with what to install', async (_, answer, code, hint) => {
  const docker = await fakeDocker(`case "$1" in compose) ${answer};; *) echo 27.0.0;; esac`);
  for (const argv of [['up'], ['map'], ['init', '--service', 'frontend']]) {
    const { 'canary.yaml': config, ...files } = SHOP_FILES;
    const folder = await repository(
      argv[0] === 'init' ? files : { ...files, 'canary.yaml': config ?? '' },
    );
    const outcome = await canaryAndChanges(folder, [...argv, '--json'], docker);
    expect(JSON.parse(outcome.stdout).error).toMatchObject({ code, hint });
    expect(outcome).toMatchObject({ exitCode: 6, changes: [] });
  }
});

test('missing Docker is reported', async () => {
  const folder = await repository();
  const outcome = await canaryAndChanges(folder, ['up'], { PATH: `${folder}/nothing` });
  expect(outcome).toEqual({
    stdout: '',
    stderr:
      '✖ The program `docker` was not found.\n  Install Docker Engine with the Compose plugin, then run `canary doctor`.\n',
    exitCode: 6,
    changes: [],
  });
});
