import { access, chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, onTestFinished, test } from 'vitest';
import { acceptsConnections } from '../../../src/system/ports.ts';
import { emptyFolder, git, pipe, repository } from '../../support/fixture-project.ts';
import { isRunning, SshServer } from '../../support/ssh-server.ts';

async function server(session?: Record<string, string>): Promise<SshServer> {
  const started = await SshServer.start(session);
  onTestFinished(() => started.dispose());
  return started;
}

/** A bare repository with the shop, and a hook that checks what is pushed. */
async function bareShop(hook = 'exit 0'): Promise<string> {
  const bare = join(await emptyFolder(), 'shop.git');
  await git(await repository(), 'clone', '--quiet', '--bare', '.', bare);
  await mkdir(join(bare, 'hooks'), { recursive: true });
  await writeFile(join(bare, 'hooks/pre-receive'), `#!/bin/sh\n${hook}\n`);
  await chmod(join(bare, 'hooks/pre-receive'), 0o755);
  return bare;
}

/** A clone of the shop, made with that environment. */
async function clone(url: string, env: Record<string, string>): Promise<string> {
  const directory = join(await emptyFolder(), 'shop');
  await execa('git', ['clone', '--quiet', url, directory], { env });
  return directory;
}

describe('a server for tests', () => {
  test('accepts a push, and shows the hook’s output while the hook still runs', async () => {
    const ssh = await server();
    const seen = await pipe();
    const bare = await bareShop(`echo one step done >&2\nread -r _ <'${seen}'\necho all done >&2`);
    const shop = await clone(ssh.url(bare), ssh.environment);
    const push = execa('git', ['push', 'origin', 'main:canary'], {
      cwd: shop,
      env: ssh.environment,
    });
    const lines: string[] = [];
    for await (const line of push.iterable({ from: 'stderr' })) {
      lines.push(line.trimEnd());
      // Without this the hook would never end: the line arrived before its end.
      if (line.includes('one step done')) await writeFile(seen, '\n');
    }
    await push;
    expect(lines).toContain('remote: one step done');
    expect(lines).toContain('remote: all done');
    expect(await git(bare, 'rev-parse', 'canary')).toBe(await git(shop, 'rev-parse', 'main'));
  });

  test('is reachable as user@host:path too', async () => {
    const ssh = await server();
    const shop = await clone(ssh.scpUrl(await bareShop()), ssh.environment);
    expect(await git(shop, 'log', '-1', '--format=%s')).toBe('The shop');
  });

  test('rejects an unknown key', async () => {
    const ssh = await server();
    const url = ssh.url(await bareShop());
    const refused = clone(url, await ssh.strangersEnvironment());
    await expect(refused).rejects.toThrow('Permission denied (publickey)');
  });

  test('is rejected if another server answers at its address', async () => {
    const [ssh, other] = [await server(), await server()];
    const url = other.url(await bareShop());
    await expect(clone(url, ssh.environment)).rejects.toThrow('Host key verification failed');
  });

  test('can run beside another one', async () => {
    for (const ssh of await Promise.all([server(), server(), server()])) {
      await clone(ssh.url(await bareShop()), ssh.environment);
    }
  });

  test('runs programs in the PATH that the test sets', async () => {
    const folder = await emptyFolder();
    await writeFile(join(folder, 'canary'), '#!/bin/sh\necho the canary of the test >&2\n');
    await chmod(join(folder, 'canary'), 0o755);
    const ssh = await server({ PATH: `${folder}:${process.env.PATH}` });
    const shop = await clone(ssh.url(await bareShop('canary')), ssh.environment);
    const { stderr } = await execa('git', ['push', 'origin', 'main:canary'], {
      cwd: shop,
      env: ssh.environment,
    });
    expect(stderr).toContain('remote: the canary of the test');
  });

  test('leaves nothing, not even an open session', async () => {
    const ssh = await SshServer.start();
    const bare = await bareShop(`echo "process $$" >&2\nread -r _ <'${await pipe()}'`);
    const shop = await clone(ssh.url(bare), ssh.environment);
    const push = execa('git', ['push', 'origin', 'main:canary'], {
      cwd: shop,
      env: ssh.environment,
      reject: false,
    });
    let hook = 0;
    for await (const line of push.iterable({ from: 'stderr' })) {
      if (!line.includes('process ')) continue;
      hook = Number(line.replace(/\D/g, ''));
      await ssh.dispose();
    }
    expect((await push).exitCode).not.toBe(0);
    expect(hook).toBeGreaterThan(1);
    expect(await isRunning(hook)).toBe(false);
    expect(await acceptsConnections('127.0.0.1', ssh.port)).toBe(false);
    await expect(access(ssh.directory)).rejects.toThrow('ENOENT');
  });
});
