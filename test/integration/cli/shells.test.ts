import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { BIN } from '../../support/built-canary.ts';
import { canary } from '../../support/fixture-cli.ts';
import { emptyFolder, git, repository } from '../../support/fixture-project.ts';
import { Terminal } from '../../support/tmux.ts';

/** How a shell is started that completes words of canary and has the prompt `% `. */
const SHELLS = {
  async bash(home: string, script: string) {
    await writeFile(join(home, 'rc'), `PS1='% '\n${script}\n`);
    return ['bash', '--noprofile', '--rcfile', join(home, 'rc'), '-i'];
  },
  async zsh(home: string, script: string) {
    await mkdir(join(home, 'functions'));
    await writeFile(join(home, 'functions/_canary'), script);
    await writeFile(
      join(home, '.zshrc'),
      `fpath=(${home}/functions $fpath)\nautoload -Uz compinit\ncompinit -u -d ${home}/dump\nPS1='%% '\n`,
    );
    return ['env', `ZDOTDIR=${home}`, 'zsh', '-d', '-i'];
  },
  async fish(home: string, script: string) {
    await mkdir(join(home, 'fish/completions'), { recursive: true });
    await writeFile(join(home, 'fish/completions/canary.fish'), script);
    await writeFile(
      join(home, 'fish/config.fish'),
      `function fish_prompt; echo '% '; end\nset fish_greeting\n`,
    );
    return ['env', `XDG_CONFIG_HOME=${home}`, `XDG_DATA_HOME=${home}`, 'fish', '-i'];
  },
};

/** A shell in a terminal, in a project with branches; `canary` is on its path. */
async function shellOf(kind: keyof typeof SHELLS): Promise<Terminal> {
  const [home, directory] = [await emptyFolder(), await repository()];
  await git(directory, 'branch', 'new-prices');
  await mkdir(join(home, 'bin'));
  await writeFile(join(home, 'bin/canary'), `#!/bin/sh\nexec ${process.execPath} ${BIN} "$@"\n`);
  await chmod(join(home, 'bin/canary'), 0o755);
  const { stdout } = await canary(directory, ['completion', kind]);
  const argv = await SHELLS[kind](home, stdout);
  const env = { HOME: home, PATH: `${home}/bin:${process.env.PATH}`, LANG: 'C.UTF-8' };
  return Terminal.running(argv, { columns: 100, rows: 30, directory, env });
}

test.each(['bash', 'zsh', 'fish'] as const)(
  '%s completes commands, options, branches and services',
  async (kind) => {
    const shell = await shellOf(kind);
    await shell.seen(/^% *$/m);
    const typed = async (text: string, result: RegExp) => {
      await shell.type(text);
      await shell.press('Tab');
      await shell.seen(result);
    };
    await typed('canary dep', /canary deploy/);
    await typed(' --br', /canary deploy +--branch/);
    await typed(' new', /canary deploy +--branch +new-prices/);
    await shell.press('C-c');
    await typed('canary init --service f', /canary init --service frontend/);
    await shell.press('C-c');
    await typed('canary weig', /canary weight/);
    expect(await shell.screen()).not.toMatch(/not found|error|parse/i);
  },
);
