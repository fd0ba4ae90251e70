import { readFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Opinion } from '../../../src/analysis/opinion.ts';
import { startMetrics } from '../../../src/probes/metrics.ts';
import type { Source } from '../../../src/probes/source.ts';
import { loadProject } from '../../../src/project/load.ts';
import { currentRelease } from '../../../src/release/records/releases.ts';
import { analysisOf } from '../../support/fixture-analysis.ts';
import { contextIn } from '../../support/fixture-context.ts';
import { freePorts } from '../../support/ports.ts';
import { Prometheus } from '../../support/prometheus.ts';
import { type Storedog, until } from '../../support/storedog.ts';
import { letCanaryFail, trafficShop } from '../../support/traffic-shop.ts';
import { userNames, visit } from '../../support/visitors.ts';

/** The template's own metric, over a shorter time. */
async function metricOfTemplate(): Promise<object> {
  const template = new URL('../../../templates/analysis.yaml', import.meta.url);
  const { analysis } = parse(await readFile(template, 'utf8'));
  const [metric] = analysis.prometheus;
  return { ...metric, query: metric.query.replaceAll('[1m]', '[10s]'), every: '1s' };
}

/** A real Prometheus that reads from the proxy, and what it reports about a canary. */
describe('prometheus', () => {
  let shop: Storedog;
  let port: number;
  let prometheus: Prometheus;
  let source: Source | undefined;

  beforeAll(async () => {
    shop = await trafficShop();
    [port = 0] = await freePorts(1);
    const settings = await shop.read('canary.yaml');
    await shop.write('canary.yaml', `${settings}proxy: { metrics: ${port} }\n`);
    await shop.succeed('up');
    prometheus = await Prometheus.start(`${shop.project}_default`, `canary-proxy:${port}`);
    const metric = { ...(await metricOfTemplate()), url: prometheus.url };
    const analysis = JSON.stringify({ shape: false, prometheus: [metric] });
    const before = await shop.read('canary.yaml');
    await shop.write('canary.yaml', before.replace('analysis: false', `analysis: ${analysis}`));
    await shop.succeed('deploy', '--branch', 'canary');
  });

  afterAll(async () => {
    await source?.stop();
    await prometheus?.dispose();
    await shop?.dispose();
  });

  const start = async () => {
    const context = contextIn(shop.directory);
    const project = await loadProject(context);
    const release = await currentRelease(project);
    if (!release) throw new Error('there is no release');
    const { signal } = context;
    const run = { context, project, checkout: undefined, release, signal };
    return startMetrics(run, analysisOf(run));
  };
  const opinion = (of: Source) => of.opinions(100, 0)[0] as Opinion;

  it('is rejected before anything changes if its port is in use', async () => {
    const settings = await shop.read('canary.yaml');
    const other = createServer().listen(0);
    const { port: taken } = other.address() as AddressInfo;
    await shop.write('canary.yaml', settings.replace(`metrics: ${port}`, `metrics: ${taken}`));
    const { exitCode, stdout } = await shop.canary('up', '--json');
    other.close();
    await shop.write('canary.yaml', settings);
    expect([exitCode, JSON.parse(stdout).error.code]).toEqual([2, 'port-taken']);
  });

  it('reads the proxy’s counts on a port of this machine, without being counted', async () => {
    const before = (await shop.status()).release.requests;
    const answer = await fetch(`http://127.0.0.1:${port}/metrics`);
    const text = await answer.text();
    expect(answer.status).toBe(200);
    expect(text).toContain('haproxy_backend_http_responses_total{proxy="frontend:canary"');
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(404);
    const after = (await shop.status()).release.requests;
    expect(after).toEqual(before);
  });

  it('has no number for a canary without users, which never passes', async () => {
    source = await start();
    const { source: name, result } = opinion(source);
    expect([name, result]).toEqual(['prometheus error-rate', 'wait']);
    const running = source;
    await until('it is measured', async () =>
      opinion(running).text.startsWith('No number yet: it has no data.'),
    );
    expect(opinion(source).result).toBe('wait');
  });

  it('passes with a healthy canary, and fails once the canary fails', async () => {
    if (!source) throw new Error('nothing measures');
    const running = source;
    await shop.succeed('weight', '50');
    const untilItSays = (result: Opinion['result']) =>
      until(`it says ${result}`, async () => {
        await visit(shop.url, userNames(50));
        return opinion(running).result === result;
      });
    await untilItSays('pass');
    expect(opinion(source).text).toBe('error-rate is 0, below 0.01.');

    // No user meets a failure: the stable answers in the canary's place.
    await letCanaryFail(shop, 0.1);
    await untilItSays('fail');
    expect((await shop.status()).release.failures.canary).toBe(0);
    expect(opinion(source).text).toMatch(/^error-rate is 0\.\d+, at least 0\.05\.$/);

    await source.stop();
    expect(opinion(source).result).toBe('fail');
  });
});
