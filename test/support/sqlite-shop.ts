import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { execa } from 'execa';
import type { SharedFolder } from '../../src/rehearsal/sqlite/sqlite.ts';

/** The path of the volume in every container. */
const DATA = '/data';

/** Prints `ready` once there is something to copy, and keeps writing until it is stopped. */
const STABLE = new URL('sqlite-shop.py', import.meta.url);

/** A shop that keeps its data in SQLite files on a volume and writes to them all the time. */
export class SqliteShop {
  readonly container: string;
  private readonly image: string;
  private readonly project = `canary-test-${randomUUID().slice(0, 8)}`;
  private readonly volumes: string[] = [];
  private readonly containers: string[] = [];

  private constructor(image: string, volume: string, container: string) {
    this.image = image;
    this.container = container;
    this.volumes.push(volume);
    this.containers.push(container);
  }

  static async start(): Promise<SqliteShop> {
    const images = await readFile(new URL('../../.setup/images.env', import.meta.url), 'utf8');
    const image = /^PYTHON_IMAGE=(.+)$/m.exec(images)?.[1] ?? '';
    const volume = `canary-test-${randomUUID().slice(0, 8)}`;
    const script = await readFile(STABLE, 'utf8');
    const container = await docker(
      ...['run', '--detach', '--init', '--volume', `${volume}:${DATA}`, image],
      ...['python3', '-u', '-c', script],
    );
    const shop = new SqliteShop(image, volume, container);
    await shop.untilReady();
    return shop;
  }

  /** The output of a program in the stable's container. */
  async python(script: string): Promise<string> {
    return await docker('exec', this.container, 'python3', '-c', script);
  }

  /** A canary that runs a program at its boot, with an empty volume in place of the stable's: created, not started. */
  async canary(script: string): Promise<SharedFolder> {
    const volume = `${this.project}-${this.volumes.length}`;
    this.volumes.push(volume);
    const copy = await docker(
      ...['create', '--volume', `${volume}:${DATA}`, '--network', 'none', this.image],
      ...['python3', '-c', script],
    );
    this.containers.push(copy);
    return {
      name: 'shop-data',
      original: { container: this.container, path: DATA },
      copy: { container: copy, path: DATA },
    };
  }

  /** Runs a canary to its end. */
  async boot({ copy }: SharedFolder): Promise<string> {
    return await docker('start', '--attach', copy.container);
  }

  async dispose(): Promise<void> {
    await docker('rm', '--force', '--volumes', ...this.containers);
    await docker('volume', 'rm', '--force', ...this.volumes);
  }

  private async untilReady(): Promise<void> {
    const logs = execa('docker', ['logs', '--follow', this.container], {
      stdin: 'ignore',
      reject: false,
    });
    for await (const line of logs) if (line === 'ready') logs.kill();
  }
}

async function docker(...args: string[]): Promise<string> {
  const { stdout } = await execa('docker', args, { stdin: 'ignore' });
  return stdout.trim();
}
