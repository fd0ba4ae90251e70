import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { execa } from 'execa';
import { chooseSlice } from '../../src/compose/slice.ts';
import { parseConfig } from '../../src/config/parse.ts';
import { loadCertificates } from '../../src/project/certificates.ts';
import { routesOf } from '../../src/project/proxy-routes.ts';
import { renderConfiguration } from '../../src/proxy/configuration.ts';
import {
  parseStatistics,
  type SideStatistics,
  showStatistics,
} from '../../src/proxy/statistics.ts';
import { byWeight, OFF, type Split, setSplit, splitFile } from '../../src/proxy/weight-map.ts';
import type { Following } from '../../src/system/haproxy/line-stream.ts';
import { UnixProxySocket } from '../../src/system/haproxy/proxy-socket.ts';
import { selfSigned } from './fixture-certificate.ts';
import { proxyImage, setUpFile } from './fixture-haproxy.ts';
import { modelOf } from './fixture-model.ts';
import { until } from './storedog.ts';

const SERVERS = ['stable', 'canary', 'baseline'] as const;
// From the root, because a bench is bundled elsewhere.
const SERVER = new URL('../../test/support/protocol-server.mjs', import.meta.url).pathname;

/** Ports of `protocol-server.mjs`. */
export const PORT = {
  http: 8080,
  http2: 8081,
  bytes: 8082,
  httpTold: 8084,
  bytesTold: 8085,
  heads: 8086,
  httpIpv4: 8087,
  closesSoon: 8088,
  shortQueue: 8090,
  shortQueueOfBytes: 8091,
  tls: 8443,
};

/** The real proxy with its real configuration in front of two servers, stable and canary, that speak every protocol. */
export class ProtocolShop {
  private readonly name = `canary-protocols-${randomBytes(4).toString('hex')}`;
  private readonly directory: string;
  readonly socket: UnixProxySocket;
  /** Where the proxy listens. */
  host = '';
  /** The certificate that its users must trust. */
  certificate = '';

  private constructor(directory: string) {
    this.directory = directory;
    this.socket = new UnixProxySocket(join(directory, 'admin.sock'));
  }

  /**
   * Starts it with these services of canary.yaml; their certificate is `site.pem` with `site.key`. With `baseline`
   * there is a third server, a baseline of every service. `proxy`: its settings in canary.yaml.
   */
  static async start(
    services: Record<string, Record<string, unknown>>,
    identity = ['header:X-User-Id', 'source'],
    { baseline = false, proxy = {}, subnets = [] as readonly string[] } = {},
  ): Promise<ProtocolShop> {
    const shop = new ProtocolShop(await mkdtemp(join(tmpdir(), 'canary-protocols-')));
    await chmod(shop.directory, 0o755);
    shop.certificate = await shop.writeCertificate('site', 'shop.example');
    for (const side of SERVERS) await shop.writeCertificate(side, `${side}.example`);
    const folders = await shop.configure({ services, identity, analysis: { baseline }, proxy });
    const network = subnets.flatMap((subnet) => ['--subnet', subnet]);
    const ipv6 = subnets.length > 0 ? ['--ipv6'] : [];
    await execa('docker', ['network', 'create', ...ipv6, ...network, shop.name]);
    const names = Object.keys(services);
    const sides = SERVERS.filter((side) => side !== 'baseline' || baseline);
    await Promise.all(sides.map((side) => shop.startServer(side, names)));
    await shop.run('proxy', [
      ...['--volume', `${shop.directory}:/run/canary`],
      ...folders.flatMap(({ source, target }) => ['--volume', `${source}:${target}:ro`]),
      ...[await proxyImage(), 'haproxy', '-W', '-db', '-f', '/run/canary/haproxy.cfg'],
    ]);
    shop.host = await shop.addressOf('proxy', 'IPAddress');
    await until('every service is ready', () => shop.isReady(names));
    return shop;
  }

  split(split: Split | number): Promise<string> {
    const wanted = typeof split === 'number' ? byWeight(split) : split;
    return this.socket.ask(setSplit(wanted).change);
  }

  async statistics(service: string): Promise<SideStatistics> {
    const all = parseStatistics(await this.socket.ask(showStatistics));
    const found = all[service];
    if (!found) throw new Error(`no service ${service}`);
    return found;
  }

  ask(command: string): Promise<string> {
    return this.socket.ask(command);
  }

  follow(command: string, onLine: (line: string) => void): Promise<Following> {
    return this.socket.follow(command, onLine);
  }

  /** What the proxy wrote to its own output. */
  async written(): Promise<string> {
    const { stdout, stderr } = await execa('docker', ['logs', `${this.name}-proxy`]);
    return stdout + stderr;
  }

  /** The highest peak memory of any process of the proxy, in bytes. */
  async peakMemory(): Promise<number> {
    const show = 'grep -h VmHWM /proc/[0-9]*/status';
    const { stdout } = await execa('docker', ['exec', `${this.name}-proxy`, 'sh', '-c', show]);
    const sizes = [...stdout.matchAll(/(\d+) kB/g)].map(([, size]) => Number(size) * 1024);
    return Math.max(...sizes);
  }

  /** The address of a part in one family. */
  async addressOf(
    part: 'proxy' | (typeof SERVERS)[number],
    family: 'IPAddress' | 'GlobalIPv6Address',
  ): Promise<string> {
    const address = `{{range .NetworkSettings.Networks}}{{.${family}}}{{end}}`;
    const args = ['inspect', '-f', address, `${this.name}-${part}`];
    return (await execa('docker', args)).stdout;
  }

  /** Starts another worker with the same configuration. */
  reload(): Promise<unknown> {
    return execa('docker', ['kill', '--signal', 'USR2', `${this.name}-proxy`]);
  }

  kill(side: (typeof SERVERS)[number]): Promise<unknown> {
    return execa('docker', ['kill', '--signal', 'KILL', `${this.name}-${side}`]);
  }

  /** Stops a side's processes where they are, so that nothing of them answers, or lets them go on. */
  freeze(side: (typeof SERVERS)[number], isFrozen: boolean): Promise<unknown> {
    return execa('docker', [isFrozen ? 'pause' : 'unpause', `${this.name}-${side}`]);
  }

  async dispose(): Promise<void> {
    const parts = ['proxy', ...SERVERS].map((part) => `${this.name}-${part}`);
    await execa('docker', ['rm', '--force', ...parts], { reject: false });
    await execa('docker', ['network', 'rm', this.name], { reject: false });
    await rm(this.directory, { recursive: true, force: true });
  }

  private async writeCertificate(name: string, host: string): Promise<string> {
    const { certificate, key } = selfSigned(host);
    await writeFile(join(this.directory, `${name}.pem`), certificate);
    await writeFile(join(this.directory, `${name}.key`), key);
    return certificate;
  }

  /** Writes what canary would write, and returns the folders to mount. */
  private async configure(settings: {
    services: Record<string, Record<string, unknown>>;
    [section: string]: unknown;
  }) {
    const file = join(this.directory, 'canary.yaml');
    const config = parseConfig(JSON.stringify({ version: 1, ...settings }), file);
    const model = Object.entries(settings.services).map(([name, { entry, port }]) => [
      name,
      { ports: [{ target: Number(port), published: String(entry) }] },
    ]);
    const slice = chooseSlice(config, modelOf(Object.fromEntries(model)));
    const { files, folders } = await loadCertificates(config, file);
    const configuration = renderConfiguration({
      routes: routesOf(slice, config, files),
      identity: config.identity,
      match: config.match,
      forceHeader: config.force.header,
      keepsSamples: true,
      tolerance: config.proxy,
      trusted: config.proxy.trusted,
      hasIpv6: true,
      owner: { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 },
      startsAsRoot: true,
    });
    await writeFile(join(this.directory, 'haproxy.cfg'), configuration);
    await writeFile(join(this.directory, 'weights.map'), splitFile(OFF));
    await writeFile(join(this.directory, 'users.map'), '');
    await writeFile(join(this.directory, 'servers.state'), '');
    return folders;
  }

  private async startServer(side: (typeof SERVERS)[number], names: readonly string[]) {
    const image = parseEnv(await setUpFile()).NODE_IMAGE ?? '';
    const alias = (name: string) => (side === 'stable' ? name : `${name}-${side}`);
    await this.run(side, [
      ...names.flatMap((name) => ['--network-alias', alias(name)]),
      ...['--volume', `${SERVER}:/server.mjs:ro`, '--volume', `${this.directory}:/files:ro`],
      ...['--env', `SIDE=${side}`, '--env', `CERTIFICATE=/files/${side}.pem`],
      ...['--env', `KEY=/files/${side}.key`, image, 'node', '/server.mjs'],
    ]);
  }

  private async run(part: string, args: readonly string[]): Promise<void> {
    const common = ['run', '--detach', '--name', `${this.name}-${part}`, '--network', this.name];
    await execa('docker', [...common, ...args]);
  }

  private async isReady(names: readonly string[]): Promise<boolean> {
    const csv = await this.socket.ask(showStatistics).catch(() => '');
    const all = parseStatistics(csv);
    return names.every((name) => {
      const { stable = [], canary = [], baseline = [] } = all[name] ?? {};
      const isChecked = (servers: typeof stable) => servers.some((each) => each.checked);
      return isChecked(stable) && isChecked(canary) && baseline.every((each) => each.checked);
    });
  }
}
