import { layoutOf } from '../../../src/project/layout.ts';
import { rename } from '../../../src/system/disk.ts';
import { proxySocket } from '../../../src/system/haproxy/proxy-socket.ts';
import {
  api,
  containers,
  IMAGE,
  inspect,
  type Note,
  type Script,
  type TestBed,
  until,
} from './test-bed.ts';

const USERS = Array.from({ length: 60 }, (_, index) => `user-${index}`);

/** A canary behind the proxy: who reaches it, and what becomes of users when something ends. */
export const PROXY: Script = {
  title: 'users, maps and workers of the proxy',
  compose: ({ project, port }) => `name: ${project}
services:
  web: { image: ${IMAGE.one}, ports: ["${port}:80"] }
`,
  async play(bed, note) {
    await bed.write('canary.yaml', settings(bed));
    const layout = layoutOf(bed.folder);
    const worker = proxySocket(layout.socket);
    const master = proxySocket(layout.masterSocket);
    const canary = async (...argv: string[]) =>
      note(`canary ${argv[0]}`, (await bed.canary(...argv)).exitCode);
    const all = (version: string) => async () =>
      (await asked(bed)).every((each) => each === version);

    note('plain up', await bed.compose('up', '--detach'));
    await until(bed, 'production answers', all('one'));
    await canary('up');
    await roles(bed, note);
    note('everybody', await versions(bed));
    note('the sockets', [await versionOf(worker), /^\d+/.test(await master.ask('show version'))]);

    await canary('deploy', '--image', `web=${IMAGE.two}`, '--weight', '50');
    await roles(bed, note);
    const half = await asked(bed);
    note('both are there', [...new Set(half)].sort());
    note('everybody stays', (await asked(bed)).join() === half.join());
    await canary('weight', '80');
    const more = await asked(bed);
    const lost = USERS.filter((_, index) => half[index] === 'two' && more[index] === 'one');
    note('raising only adds', lost);
    await canary('weight', '100');
    note('all are on it', await versions(bed));

    const map = 'show map /run/canary/weights.map';
    const pairs = async () =>
      (await worker.ask(map))
        .split('\n')
        .map((line) => line.replace(/^0x\w+ /, '').replace(/ \d{10}$/, ' SOON'));
    note('map', await pairs());
    note('set', await worker.ask('set map /run/canary/weights.map weight 0'));
    note('nobody', await versions(bed));
    note('set unknown', await worker.ask('set map /run/canary/weights.map nothing 0'));
    note('two at once', [
      await worker.ask(
        'set map /run/canary/weights.map weight 10000;set map /run/canary/weights.map until 1',
      ),
    ]);
    note('its time is over', await versions(bed));
    await worker.ask('set map /run/canary/weights.map until 0');
    note('again', await versions(bed));
    note('map', await pairs());

    const { configuration } = layout;
    await rename(configuration, `${configuration}.away`);
    note('reload without a file', firstLine(await master.ask('reload')));
    note('the old worker goes on', await versions(bed));
    await rename(`${configuration}.away`, configuration);
    note('reload', firstLine(await master.ask('reload')));
    await until(bed, 'the new worker knows its servers', all('two'));
    note('the new worker', await versionOf(worker));
    await until(
      bed,
      'the old one ends',
      async () => workers(await master.ask('show proc'), 'old workers') === 0,
    );
    note('workers', workers(await master.ask('show proc'), 'workers'));

    const [clone] = await named(bed, 'canary');
    const [proxy] = await named(bed, 'proxy');
    await bed.crash(clone ?? '');
    // Asked before that is seen, the breaker might count enough failures to take it out for good.
    await until(bed, 'it is forgotten', async () => !/replicas/.test(String(await statuses(bed))));
    note('its users get the stable', await versions(bed));
    note('statuses', await statuses(bed));
    note('start it', (await api(bed, 'POST', `/containers/${clone}/start`)).status);
    await until(bed, 'it is back', all('two'));
    note('statuses', await statuses(bed));

    note('stop the proxy', (await api(bed, 'POST', `/containers/${proxy}/stop`)).status);
    note('nobody is there', await bed.ask());
    note('start the proxy', (await api(bed, 'POST', `/containers/${proxy}/start`)).status);
    await until(bed, 'as before', all('two'));
    note('map', await pairs());

    note('plain up', await bed.compose('up', '--detach'));
    note('still', await versions(bed));
    note('plain restart', await bed.compose('restart', 'web'));
    await until(bed, 'still', all('two'));
    await canary('abort');
    await until(bed, 'all are back', all('one'));
    await roles(bed, note);

    await canary('deploy', '--image', `web=${IMAGE.failing}`, '--weight', '100');
    note('the shield', await versions(bed));
    // The last failure of those in a row must meet a server that is watched: one after the other.
    await until(bed, 'the breaker', async () => {
      await bed.ask();
      return (await statuses(bed)).includes('web:canary DOWN');
    });
    note('statuses', await statuses(bed));
    await canary('abort');
    await canary('down');
    await roles(bed, note);
    await until(bed, 'production answers', all('one'));
  },
};

function settings({ port }: TestBed): string {
  return [
    'version: 1',
    `services: { web: { entry: ${port} } }`,
    'identity: [header:X-User-Id]',
    'analysis: false',
    'drain: 0s',
    'database: { rehearse: off }',
    '',
  ].join('\n');
}

/** What each user gets. */
function asked(bed: TestBed): Promise<string[]> {
  return Promise.all(USERS.map((user) => bed.ask(user)));
}

/** The versions that users get. */
async function versions(bed: TestBed): Promise<string[]> {
  return [...new Set(await asked(bed))].sort();
}

/** The containers of a role, by name. */
async function named(bed: TestBed, role: string): Promise<string[]> {
  const found = await Promise.all(
    (await containers(bed)).map(async ({ name }) => ({ name, ...(await inspect(bed, name)) })),
  );
  return found.flatMap(({ name, Config }) =>
    (Config.Labels['dev.canary.role'] ?? 'stable') === role ? [name] : [],
  );
}

async function roles(bed: TestBed, note: Note): Promise<void> {
  for (const role of ['stable', 'canary', 'proxy']) note(role, await named(bed, role));
}

/** The states of the servers that have an address, as `BACKEND STATE`. */
async function statuses({ folder }: TestBed): Promise<string[]> {
  const [head = '', ...lines] = (await proxySocket(layoutOf(folder).socket).ask('show stat')).split(
    '\n',
  );
  const columns = head.replace('# ', '').split(',');
  const at = (line: string, name: string) => line.split(',')[columns.indexOf(name)] ?? '';
  return lines
    .filter((line) => at(line, 'addr') !== '' || at(line, 'svname') === 'canary')
    .map((line) => `${at(line, 'pxname')} ${at(line, 'status').replace(/ \d+\/\d+$/, '')}`)
    .filter((each) => /^web(:replicas|:canary)? (UP|DOWN)/.test(each))
    .sort();
}

async function versionOf(socket: ReturnType<typeof proxySocket>): Promise<boolean> {
  return /^\d+\.\d+\.\d+/.test(await socket.ask('show version'));
}

function firstLine(answer: string): string {
  return answer.split('\n')[0] ?? '';
}

/** How many workers of a kind `show proc` lists. */
function workers(answer: string, kind: string): number {
  const [, part = ''] = answer.split(`# ${kind}\n`);
  const [rows = ''] = part.split('#');
  return rows.split('\n').filter((line) => /^\d+ /.test(line)).length;
}
