import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { execa } from 'execa';
import { setUpFile } from './fixture-haproxy.ts';
import { freePorts } from './ports.ts';
import { Registry } from './registry.ts';
import { Storedog } from './storedog.ts';
import { serverThatSays } from './traffic-shop.ts';

/** What stands in the `.env` of such a server beside the version. */
const COMMENT = '# what runs here\n';

/** A server that has a compose file and an `.env`, neither git nor source, and a registry from which its images come. */
export class ImageShop extends Storedog {
  registry!: Registry;
  /** Docker's settings of somebody who may use the registry, if it asks who. */
  signedIn: string | undefined;

  /** An empty folder, and a registry with images that say this, by tag. `asksWho`: one must sign in there. */
  static async withImages(
    images: Readonly<Record<string, string>>,
    { asksWho = false } = {},
  ): Promise<ImageShop> {
    const project = `canary-test-${randomBytes(4).toString('hex')}`;
    const directory = await mkdtemp(join(tmpdir(), `${project}-`));
    const [port, preview] = await freePorts(2);
    const shop = new ImageShop(directory, project, port ?? 0, preview ?? 0);
    shop.registry = await Registry.start(project, { asksWho });
    if (asksWho) shop.signedIn = await shop.registry.signedIn();
    for (const [tag, says] of Object.entries(images)) await shop.publish(tag, says);
    return shop;
  }

  /**
   * Production with the proxy in front. `tag`: as the compose file has it. The registry has the tags 1 and 2, and the engine
   * nothing yet.
   */
  static async started(tag: string, { isInGit = false } = {}): Promise<ImageShop> {
    const shop = await ImageShop.withImages({ 1: 'one', 2: 'two' });
    await shop.furnish(`${shop.repository}:${tag}`, 'VERSION=1');
    if (isInGit) await shop.keepInGit();
    await shop.startServing();
    return shop;
  }

  /** Writes the files of such a server. `line`: of its `.env`. */
  async furnish(image: string, line: string): Promise<void> {
    const { project, port, preview } = this;
    const compose = `name: ${project}
services:
  web:
    image: ${image}
    environment: { RELEASE: "r\${VERSION:-none}" }
    ports: ["${port}:3000"]
    healthcheck: { test: "exit 0", interval: 1s }
`;
    await this.write('docker-compose.yml', compose);
    await this.write('.env', `${COMMENT}${line}\n\n${await setUpFile()}`);
    const settings = ['identity: [header:X-User-Id]', 'analysis: false', 'drain: 0s'];
    const services = `services: { web: { entry: ${port}, preview: ${preview} } }`;
    await this.write('canary.yaml', ['version: 1', services, ...settings, ''].join('\n'));
  }

  async startServing(): Promise<void> {
    await this.compose('up', '--detach', '--quiet-pull');
    await this.untilShopAnswers();
    await this.succeed('up');
  }

  get repository(): string {
    return `${this.registry.host}/acme/web`;
  }

  /** Pushes an image whose service says this, to another registry than its own if one is given. */
  async publish(
    tag: string,
    says: string,
    registry = this.registry,
    config = this.signedIn,
  ): Promise<void> {
    const folder = await mkdtemp(join(tmpdir(), 'canary-image-'));
    await writeFile(join(folder, 'server.mjs'), serverThatSays(says));
    const { NODE_IMAGE } = parseEnv(await setUpFile());
    const dockerfile = `FROM ${NODE_IMAGE}\nCOPY server.mjs /\nCMD ["node", "/server.mjs"]\n`;
    await registry.publish(`acme/web:${tag}`, folder, dockerfile, config);
    await rm(folder, { recursive: true });
  }

  /** Git tracks everything, `.env` too. */
  async keepInGit(): Promise<void> {
    await this.git('init', '--quiet', '--initial-branch=main');
    await this.git('config', 'user.name', 'Image Test');
    await this.git('config', 'user.email', 'test@image.example');
    await this.git('add', '--all');
    await this.git('commit', '--quiet', '-m', 'A server');
  }

  /** Every name by which plain Compose finds an image of the registry, with the image. */
  async tags(): Promise<string> {
    const format = '{{.Repository}}:{{.Tag}} {{.ID}}';
    const { stdout } = await execa('docker', ['image', 'ls', '--format', format, this.repository]);
    return stdout
      .split('\n')
      .filter((line) => !line.includes(':<none>'))
      .sort()
      .join('\n');
  }

  /** Every image of the registry and of this shop, those that have no tag too. */
  async images(): Promise<string> {
    const format = '{{.Repository}}:{{.Tag}}@{{.Digest}} {{.ID}}';
    const { stdout } = await execa('docker', ['image', 'ls', '--digests', '--format', format]);
    const isOurs = (line: string) =>
      line.startsWith(this.repository) || line.startsWith(this.project);
    return stdout.split('\n').filter(isOurs).sort().join('\n');
  }

  /** The variables of a container. */
  async environmentOf(id: string): Promise<Record<string, string | undefined>> {
    const format = '{{range .Config.Env}}{{println .}}{{end}}';
    return parseEnv((await execa('docker', ['inspect', '--format', format, id])).stdout);
  }

  override async dispose(): Promise<void> {
    await super.dispose();
    await this.registry.dispose();
  }
}
