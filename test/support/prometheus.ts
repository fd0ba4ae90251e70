import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';

/** What the set-up built from the Dockerfile beside this file. */
const IMAGE = 'canary-test/prometheus';

/** A Prometheus on a Docker network that scrapes one target every second. */
export class Prometheus {
  readonly url: string;
  private readonly container: string;
  private readonly folder: string;

  private constructor(url: string, container: string, folder: string) {
    this.url = url;
    this.container = container;
    this.folder = folder;
  }

  static async start(network: string, target: string): Promise<Prometheus> {
    const folder = await mkdtemp(join(tmpdir(), 'canary-prometheus-'));
    const settings = {
      global: { scrape_interval: '1s' },
      scrape_configs: [{ job_name: 'proxy', static_configs: [{ targets: [target] }] }],
    };
    // JSON is also valid YAML.
    await writeFile(join(folder, 'prometheus.yml'), JSON.stringify(settings));
    const container = await docker(
      ...['run', '--detach', '--network', network, '--volume', `${folder}:/settings:ro`],
      ...['--tmpfs', '/data', IMAGE, 'prometheus'],
      ...['--config.file=/settings/prometheus.yml', '--storage.tsdb.path=/data'],
    );
    const format = '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}';
    const address = await docker('inspect', '--format', format, container);
    return new Prometheus(`http://${address}:9090`, container, folder);
  }

  async dispose(): Promise<void> {
    await docker('rm', '--force', '--volumes', this.container);
    await rm(this.folder, { recursive: true, force: true });
  }
}

async function docker(...args: string[]): Promise<string> {
  const { stdout } = await execa('docker', args, { stdin: 'ignore' });
  return stdout.trim();
}
