import { execa } from 'execa';
import { within } from './patience.ts';
import { freePorts } from './ports.ts';
import { until } from './storedog.ts';

/** A registry of images on this machine, to which the engine speaks as to any other. */
export class Registry {
  readonly host: string;
  private readonly container: string;

  private constructor(host: string, container: string) {
    this.host = host;
    this.container = container;
  }

  static async start(name: string): Promise<Registry> {
    const [port] = await freePorts(1);
    const host = `127.0.0.1:${port}`;
    const args = ['run', '--detach', '--name', `${name}-registry`, '--publish', `${host}:5000`];
    const { stdout } = await execa('docker', [...args, 'canary-test/registry']);
    const registry = new Registry(host, stdout.trim());
    await registry.untilItAnswers();
    return registry;
  }

  /**
   * Builds an image from a Dockerfile and its files' folder, and pushes it as another machine would: under another name of
   * the registry, so that no tag of this engine moves.
   */
  async publish(image: string, folder: string, dockerfile: string): Promise<void> {
    const name = `${this.host.replace('127.0.0.1', 'localhost')}/${image}`;
    await execa('docker', ['build', '--quiet', '--tag', name, '--file', '-', folder], {
      input: dockerfile,
      env: { DOCKER_BUILDKIT: '1' },
    });
    await execa('docker', ['push', '--quiet', name]);
    await execa('docker', ['image', 'rm', name]);
  }

  async stop(): Promise<void> {
    await execa('docker', ['stop', '--time', '0', this.container]);
  }

  async startAgain(): Promise<void> {
    await execa('docker', ['start', this.container]);
    await this.untilItAnswers();
  }

  /** Removes the registry, and every image of it from the engine. */
  async dispose(): Promise<void> {
    await execa('docker', ['rm', '--force', '--volumes', this.container]);
    const { stdout } = await execa('docker', [
      'image',
      'ls',
      '--format',
      '{{.ID}} {{.Repository}}',
    ]);
    const ours = stdout.split('\n').filter((line) => line.includes(` ${this.host}/`));
    const ids = [...new Set(ours.map((line) => line.split(' ')[0] ?? ''))];
    if (ids.length > 0)
      await execa('docker', ['image', 'rm', '--force', ...ids], { reject: false });
  }

  private async untilItAnswers(): Promise<void> {
    await until('the registry answers', async () => {
      // Docker's own proxy takes connections before the registry listens, and lets them wait for ever.
      const signal = AbortSignal.timeout(within(2000));
      const answer = await fetch(`http://${this.host}/v2/`, { signal }).catch(() => undefined);
      return answer?.status === 200;
    });
  }
}
