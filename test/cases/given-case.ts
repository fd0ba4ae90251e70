import { randomBytes, randomInt } from 'node:crypto';
import { cp, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { execa } from 'execa';
import { type Ended, runBuilt } from '../support/built-canary.ts';
import { setUpFile } from '../support/fixture-haproxy.ts';
import { freePorts } from '../support/ports.ts';
import { GIT_ENV, Storedog, until } from '../support/storedog.ts';

const FOLDER = process.env.CANARY_CASES ?? '';

/** The errors of a connection that nobody answers. */
const NOBODY = /^E[A-Z]+$/;

/** A case from a public report, set up by its own script, with its own project name, port and subnet. */
export class GivenCase extends Storedog {
  private readonly root: string;
  private readonly settings: Readonly<Record<string, string | undefined>>;

  private constructor(
    root: string,
    place: string,
    project: string,
    [port = 0, preview = 0]: readonly number[],
    settings: Readonly<Record<string, string | undefined>>,
  ) {
    super(join(root, 'given', place), project, port, preview);
    this.root = root;
    this.settings = settings;
  }

  /** `number` is how the folder's name begins; `place` is where its repository lies in what the script makes. */
  static async of(number: string, place = '.'): Promise<GivenCase> {
    const name = (await readdir(FOLDER)).find((each) => each.startsWith(`${number}-`));
    if (name === undefined) throw new Error(`${FOLDER} has no case ${number}`);
    const project = `canary-test-${randomBytes(4).toString('hex')}`;
    const root = await realpath(await mkdtemp(join(tmpdir(), `${project}-`)));
    const ports = await freePorts(2);
    await cp(join(FOLDER, name), join(root, 'case'), { recursive: true, verbatimSymlinks: true });
    await replaceIn(join(root, 'case'), [
      [`180${number}`, String(ports[0])],
      [`report${number}`, project],
      // Two networks of the engine must not overlap.
      ['10.212.12.', `10.${200 + randomInt(50)}.${randomInt(256)}.`],
      ['fd00:5a17:12:', `fd00:${randomBytes(2).toString('hex')}:12:`],
    ]);
    await execa(join(root, 'case/setup.sh'), [join(root, 'given')], { env: GIT_ENV });
    return new GivenCase(root, place, project, ports, parseEnv(await setUpFile()));
  }

  /** The path of a file of the case, such as one of its helpers. */
  helper(name: string): string {
    return join(this.root, 'case', name);
  }

  override canary(...args: string[]): Promise<Ended> {
    const env = { ...process.env, ...GIT_ENV, CI: 'true', ...this.settings };
    return runBuilt(this.directory, args, env);
  }

  /** Production without canary, as the case's commands begin. */
  async production(...flags: string[]): Promise<void> {
    await this.compose('up', '--detach', '--build', ...flags);
    await until('the shop answers', async () => !NOBODY.test(await answerAt(this.url)));
  }

  /** `init` and `up`; the preview gets a port that no other test has. */
  async takeOver(...init: string[]): Promise<void> {
    await this.succeed('init', '--yes', '--steps', 'none', ...init);
    const chosen = await this.read('canary.yaml');
    await this.write('canary.yaml', chosen.replace(/preview: \d+/, `preview: ${this.preview}`));
    if (await this.exists('.git'))
      await this.git('commit', '--quiet', '--all', '-m', 'A free port');
    await this.succeed('up');
  }

  override async dispose(): Promise<void> {
    await super.dispose();
    await rm(this.root, { recursive: true, force: true });
  }
}

/** What is answered at an address, by a new connection; the error's code if nobody answers. */
export function answerAt(url: string, headers: Record<string, string> = {}): Promise<string> {
  return new Promise((resolve) => {
    const call = request(url, { agent: false, headers }, (response) => {
      let text = '';
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => resolve(text.trimEnd()));
    });
    call.on('error', (error) => resolve((error as NodeJS.ErrnoException).code ?? error.message));
    call.end();
  });
}

async function replaceIn(folder: string, words: readonly (readonly [string, string])[]) {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const before = await readFile(path, 'latin1');
    const after = words.reduce((text, [word, by]) => text.replaceAll(word, by), before);
    if (after !== before) await writeFile(path, after, 'latin1');
  }
}
