import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { parseEnv } from 'node:util';
import { execa } from 'execa';
import { afterAll, expect, test } from 'vitest';
import { BIN } from '../support/built-canary.ts';
import { setUpFile } from '../support/fixture-haproxy.ts';
import { emptyFolder } from '../support/fixture-project.ts';
import { within } from '../support/patience.ts';
import { freePorts } from '../support/ports.ts';
import { removeProject } from '../support/remove-project.ts';
import { until } from '../support/storedog.ts';
import { UserTraffic } from '../support/user-traffic.ts';

const ROOT = new URL('../..', import.meta.url).pathname;
/** Where the tutorial says that a command fails. */
const EXIT_CODES: [part: string, exitCode: number][] = [
  ['patches/0002-bad', 3],
  ['patches/0003-bad', 7],
];

const project = `canary-test-${randomBytes(4).toString('hex')}`;
let shop: string;
let users: UserTraffic | undefined;

afterAll(async () => {
  await users?.stop();
  await removeProject(project);
});

/** The commands of the blocks marked `sh`, in order. */
async function commands(): Promise<string[]> {
  const text = await readFile(join(ROOT, 'docs/tutorial.md'), 'utf8');
  return [...text.matchAll(/^```sh\n(.*?)^```/gms)].flatMap(([, block = '']) =>
    block.split('\n').filter(Boolean),
  );
}

test('every command of the tutorial does what the tutorial says', {
  timeout: within(600_000),
}, async () => {
  const home = await emptyFolder();
  shop = join(home, project);
  const bin = join(home, 'bin');
  await mkdir(bin);
  await symlink(BIN, join(bin, 'canary'));
  const [port = 0, discounts = 0] = await freePorts(2);
  const env = {
    ...parseEnv(await setUpFile()),
    PATH: `${bin}${delimiter}${process.env.PATH}`,
    GIT_CONFIG_GLOBAL: join(home, 'gitconfig'),
    WEB_CONCURRENCY: '1',
  };
  await writeFile(env.GIT_CONFIG_GLOBAL, '[user]\n\tname = A\n\temail = a@shop.example\n');

  let cwd = ROOT;
  const pages: string[] = [];
  for (const command of await commands()) {
    const line = command
      .replaceAll('/tmp/shop', shop)
      .replaceAll(':3000/', `:${port}/`)
      .replace('RELEASE', () => newest(cwd));
    if (line.startsWith('while ')) {
      users = new UserTraffic(`http://127.0.0.1:${port}/`, { perSecond: 5, method: 'GET' }).start();
      continue;
    }
    if (line.startsWith('curl ')) {
      pages.push(await ask(line));
      continue;
    }
    const { exitCode, all } = await execa(line, {
      shell: 'sh',
      cwd,
      env,
      all: true,
      reject: false,
    });
    const expected = EXIT_CODES.find(([part]) => line.includes(part))?.[1] ?? 0;
    expect(exitCode, `${line}\n${all}`).toBe(expected);
    if (line.startsWith('cp '))
      await withOwnPorts({ '3000:': `${port}:`, '5001:': `${discounts}:` });
    if (line.startsWith('cd ')) cwd = shop;
  }
  expect(pages).toHaveLength(4);
  for (const page of pages) {
    expect(page).toContain('Use code <strong>');
    expect(page).not.toContain('undefined');
  }
});

/** The id of the newest release, which `canary history` prints first. */
function newest(cwd: string): string {
  const names = readdirSync(join(cwd, '.canary/releases')).filter((name) =>
    name.endsWith('.jsonl'),
  );
  return (names.sort().at(-1) ?? '').replace('.jsonl', '');
}

/** What `curl` prints, which a fresh machine may not have; a person would try again while the shop starts. */
async function ask(line: string): Promise<string> {
  const url = /http:\S+/.exec(line)?.[0] ?? '';
  const header = /-H "(.+?): (.+?)"/.exec(line);
  const headers = header ? { [header[1] ?? '']: header[2] ?? '' } : undefined;
  let page = '';
  await until('the shop answers', async () => {
    // A service that waits for another one while both start may never answer.
    const signal = AbortSignal.timeout(within(5000));
    const answer = await fetch(url, { signal, ...(headers ? { headers } : {}) }).catch(
      () => undefined,
    );
    page = (await answer?.text().catch(() => '')) ?? '';
    return answer?.status === 200;
  });
  return page;
}

/** The ports of the example may be in use on this machine. */
async function withOwnPorts(ports: Record<string, string>): Promise<void> {
  const path = join(shop, 'docker-compose.yml');
  let text = await readFile(path, 'utf8');
  for (const [own, other] of Object.entries(ports)) text = text.replace(`"${own}`, `"${other}`);
  await writeFile(path, text);
}
