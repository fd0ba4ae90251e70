import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { selfSigned } from './fixture-certificate.ts';
import { within } from './patience.ts';
import { freePorts } from './ports.ts';
import { until } from './storedog.ts';

const USER = 'deployer';
const PASSWORD = 'open sesame';
/** Of that password, by bcrypt, as `htpasswd -B` makes it. */
const HASH = '$2b$05$abcdefghijklmnopqrstuupx2xBUC4954936wVIjyyPHmUBFu0wCW';

/** What a registry has between it and those who ask. */
interface Guard {
  /** Whether it wants a name and a password. */
  asksWho?: boolean;
  /** Whether it speaks TLS, with a certificate of its own that nobody trusts. */
  isPrivate?: boolean;
}

/** A registry of images on this machine, to which the engine speaks as to any other. */
export class Registry {
  readonly host: string;
  private readonly container: string;
  /** The certificate with which it speaks TLS. */
  authority: string | undefined;
  private readonly folder: string;

  private constructor(host: string, container: string, folder: string) {
    this.host = host;
    this.container = container;
    this.folder = folder;
  }

  static async start(
    name: string,
    { asksWho = false, isPrivate = false }: Guard = {},
  ): Promise<Registry> {
    const [port] = await freePorts(1);
    // Of its own addresses alone an engine takes images without a certificate.
    const address = isPrivate ? await gatewayAddress() : '127.0.0.1';
    const host = `${address}:${port}`;
    const folder = await mkdtemp(join(tmpdir(), 'canary-registry-'));
    const { certificate, key } = selfSigned(address);
    const settings: Record<string, string> = {};
    if (asksWho) {
      await writeFile(join(folder, 'users'), `${USER}:${HASH}\n`);
      settings.REGISTRY_AUTH = 'htpasswd';
      settings.REGISTRY_AUTH_HTPASSWD_REALM = 'test';
      settings.REGISTRY_AUTH_HTPASSWD_PATH = '/guard/users';
    }
    if (isPrivate) {
      await writeFile(join(folder, 'certificate'), certificate);
      await writeFile(join(folder, 'key'), key);
      settings.REGISTRY_HTTP_TLS_CERTIFICATE = '/guard/certificate';
      settings.REGISTRY_HTTP_TLS_KEY = '/guard/key';
    }
    const { stdout } = await execa('docker', [
      ...['run', '--detach', '--name', `${name}-registry`, '--publish', `${host}:5000`],
      ...['--volume', `${folder}:/guard:ro`],
      ...Object.entries(settings).flatMap(([key, value]) => ['--env', `${key}=${value}`]),
      'canary-test/registry',
    ]);
    const registry = new Registry(host, stdout.trim(), folder);
    registry.authority = isPrivate ? certificate : undefined;
    await registry.untilItAnswers();
    return registry;
  }

  /**
   * Builds an image from a Dockerfile and its files' folder, and pushes it as another machine would: under another name of
   * the registry, so that no tag of this engine moves. `config`: of somebody who has signed in.
   */
  async publish(image: string, folder: string, dockerfile: string, config?: string): Promise<void> {
    const name = `${this.otherName}/${image}`;
    const build = ['build', '--quiet', '--tag', name, '--file', '-', folder];
    await execa('docker', build, {
      input: dockerfile,
      env: { DOCKER_BUILDKIT: '1' },
    });
    await execa('docker', ['push', '--quiet', name], {
      env: config ? { DOCKER_CONFIG: config } : {},
    });
    await execa('docker', ['image', 'rm', name]);
  }

  /** The name under which others see it, so that what they push moves no tag of this engine. */
  private get otherName(): string {
    return this.host.replace('127.0.0.1', 'localhost');
  }

  async stop(): Promise<void> {
    await execa('docker', ['stop', '--time', '0', this.container]);
  }

  async startAgain(): Promise<void> {
    await execa('docker', ['start', this.container]);
    await this.untilItAnswers();
  }

  /** Deletes what a tag leads to. */
  async forget(repository: string, tag: string): Promise<void> {
    const manifests = `http://${this.host}/v2/${repository}/manifests`;
    const digest = await this.digestOf(repository, tag);
    const { status } = await fetch(`${manifests}/${digest}`, { method: 'DELETE' });
    if (status !== 202) throw new Error(`The registry answers ${status} to a deletion.`);
  }

  /** The digest to which a tag leads. */
  async digestOf(repository: string, tag: string): Promise<string> {
    const Accept =
      'application/vnd.docker.distribution.manifest.v2+json,application/vnd.oci.image.manifest.v1+json,application/vnd.oci.image.index.v1+json';
    const Authorization = `Basic ${Buffer.from(`${USER}:${PASSWORD}`).toString('base64')}`;
    const { headers } = await fetch(`http://${this.host}/v2/${repository}/manifests/${tag}`, {
      ...{ method: 'HEAD', headers: { Accept, Authorization } },
    });
    return headers.get('docker-content-digest') ?? '';
  }

  /** Lets the engine trust its certificate; takes that back when it is called. */
  async trust(): Promise<() => Promise<void>> {
    const folder = join('/etc/docker/certs.d', this.host);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'ca.crt'), this.authority ?? '');
    return () => rm(folder, { recursive: true });
  }

  /** A folder of Docker's settings in which somebody has signed in, as `DOCKER_CONFIG` names it. */
  async signedIn(): Promise<string> {
    const config = join(this.folder, 'docker');
    for (const host of new Set([this.host, this.otherName])) {
      await execa('docker', ['login', '--username', USER, '--password-stdin', host], {
        input: PASSWORD,
        env: { DOCKER_CONFIG: config },
      });
    }
    return config;
  }

  /** Removes the registry, and every image of it from the engine. */
  async dispose(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
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
      const scheme = this.authority ? 'https' : 'http';
      const answer = await fetch(`${scheme}://${this.host}/v2/`, { signal }).catch(
        (error: Error) => error,
      );
      // Node trusts the certificate no more than the engine does.
      if (answer instanceof Error) return /SELF_SIGNED/.test(JSON.stringify(answer.cause) ?? '');
      return answer.status === 200 || answer.status === 401;
    });
  }
}

/** An address of this machine that is not its own alone, so that the engine wants a certificate there. */
async function gatewayAddress(): Promise<string> {
  const option = 'com.docker.network.bridge.name';
  const format = `{{index .Options "${option}"}}`;
  const { stdout } = await execa('docker', ['network', 'inspect', '--format', format, 'bridge']);
  // The engine tells the name of its bridge, but not always its address.
  const found = networkInterfaces()[stdout.trim()]?.find(({ family }) => family === 'IPv4');
  if (!found) throw new Error("The engine's bridge has no address.");
  return found.address;
}
