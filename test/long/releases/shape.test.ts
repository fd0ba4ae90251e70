import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Opinion } from '../../../src/analysis/opinion.ts';
import { startChecks } from '../../../src/probes/checks.ts';
import { startShape } from '../../../src/probes/shape.ts';
import type { Source } from '../../../src/probes/source.ts';
import { loadProject } from '../../../src/project/load.ts';
import type { ReleaseRun } from '../../../src/project/run.ts';
import { newestRelease } from '../../../src/release/records/releases.ts';
import { contextIn } from '../../support/fixture-context.ts';
import { breath, Storedog, until } from '../../support/storedog.ts';

const RENAMED = 'GET /discount: $[].code is missing on the canary, $[].coupon is new.';
/** The effect on the page, even if the call between the services is not seen. */
const UNDEFINED = 'GET /: the text has `undefined` on the canary.';
const SECRET = 'swordfish-7f3a';

/** The answers of the canary, before its first user and later; `code` renamed to `coupon` still answers 200. */
describe('a canary whose answers are compared', () => {
  let shop: Storedog;
  let ports: string;
  let visits: AbortController;

  beforeAll(async () => {
    shop = await Storedog.create();
    ports = `{ entry: ${shop.port}, preview: ${shop.preview} }`;
    await shop.git('branch', 'good');
    await shop.succeed('apply', '--branch', 'canary', shop.badPatch);
    await shop.succeed('apply', '--branch', 'good', shop.goodPatch);
  });

  afterAll(async () => {
    visits?.abort();
    await shop.dispose();
  });

  /** Users of the stable who come one after the other, and identify themselves. */
  const keepVisiting = () => {
    visits = new AbortController();
    const { signal } = visits;
    const headers = { 'X-User-Id': 'ada', Cookie: `session=${SECRET}`, Authorization: SECRET };
    const visit = async () => {
      while (!signal.aborted) {
        const began = Date.now();
        await fetch(`${shop.url}?q=${SECRET}`, { headers, signal })
          .then((answer) => answer.text())
          .catch(() => undefined);
        await breath(began, 50);
      }
    };
    void visit();
  };

  const configure = (analysis: string) => {
    const services = `{ frontend: ${ports}, discounts: { mesh: true } }`;
    const text = `version: 1\nservices: ${services}\nidentity: [header:X-User-Id]\nanalysis: ${analysis}\ndatabase: { rehearse: off }\n`;
    return shop.write('canary.yaml', text);
  };

  const deploy = (branch = 'canary') =>
    shop.canary('deploy', '--branch', branch, '--weight', '50', '--json');
  /** The error document at the end of what a command printed. */
  const errorIn = (stdout: string) => JSON.parse(stdout.trim().split('\n').at(-1) ?? '').error;
  const check = async (env: Record<string, string> = {}) => {
    const { exitCode, stdout, stderr } = await shop.canaryWith(env, 'check', '--json');
    const { result, checks, shape } = JSON.parse(stdout);
    const failed = [...checks, ...shape]
      .filter((each: Opinion) => each.result !== 'pass')
      .map(({ text }: Opinion) => text);
    return { exitCode, result, checks, shape, failed, said: stdout + stderr };
  };

  it('is not judged without requests, and that is reported', async () => {
    await configure('{}');
    await shop.succeed('up');
    const { stderr } = await shop.succeed('deploy', '--branch', 'good', '--weight', '0');
    expect(stderr).toContain('check the answers of the canary of frontend, discounts');
    expect(stderr).toContain('so no answers were compared');
    expect(await check()).toMatchObject({ exitCode: 4, result: 'error', checks: [], shape: [] });
  });

  it('is rejected by a check that fails, with every reason', async () => {
    await configure(
      '{ shape: false, checks: [{ get: /health, expect: { json: { $.status: wonderful } } }, { post: /signup, expect: { status: 201 } }, { get: /, expect: { status: 200, contains: Storedog, header: { Content-Type: "text/html*" }, within: 5s } }] }',
    );
    const failed = [
      'GET /health: $.status is not "wonderful".',
      'POST /signup: status 400, not 201.',
    ];
    expect(await check()).toMatchObject({ exitCode: 1, result: 'fail', failed });
  });

  it('does not pass if a check cannot run, and no secret is shown', async () => {
    const header = `headers: { Authorization: "Bearer \${SHOP_TOKEN}" }`;
    await configure(`{ checks: [{ get: /?a=${SECRET}, ${header}, expect: { status: 204 } }] }`);
    const missing = 'GET /?…: not asked: the environment has no SHOP_TOKEN.';
    expect(await check()).toMatchObject({ exitCode: 4, result: 'error', failed: [missing] });
    const refused = await check({ SHOP_TOKEN: SECRET });
    expect(refused).toMatchObject({ result: 'fail', failed: ['GET /?…: status 200, not 204.'] });
    expect(refused.said).not.toContain(SECRET);
    await shop.succeed('abort');
    const { exitCode, stdout } = await deploy('good');
    expect(exitCode).toBe(4);
    expect(errorIn(stdout)).toMatchObject({ code: 'not-measured', details: [missing] });
  });

  it('fails in background checks and comparisons once it turns bad', async () => {
    await configure('{ checks: [{ get: /, expect: { status: 200 }, every: 1s }] }');
    keepVisiting();
    // With users by rules alone: with more, calls of the stable that do not identify their user fail too.
    await shop.succeed('deploy', '--branch', 'good', '--weight', '0');
    const [checks, shape] = [await startHere(startChecks), await startHere(startShape)];
    const results = () => [...checks.opinions(50), ...shape.opinions(50)];
    await until('both have looked', async () =>
      results().every(({ text }) => /as expected|answer alike/.test(text)),
    );
    const clone = await shop.canaryCompose('ps', '-q', 'discounts-canary');
    await execa('docker', ['pause', clone.trim()]);
    try {
      await until('both say so', async () => results().every(({ result }) => result === 'fail'));
    } finally {
      await execa('docker', ['unpause', clone.trim()]);
    }
    expect(results().map(({ source, text }: Opinion) => [source, text])).toEqual([
      ['check GET /', 'GET /: status 502, not 200.'],
      ['shape', 'GET /: the status is 502 on the canary instead of 200.'],
    ]);
    await Promise.all([checks.stop(), shape.stop()]);
    await shop.succeed('abort');
  });

  it('is rejected before its first user because of answers of an internal service', async () => {
    await configure('{}');
    const { exitCode, stdout } = await deploy();
    expect(exitCode).toBe(3);
    expect(errorIn(stdout)).toMatchObject({
      code: 'judged-bad',
      details: expect.arrayContaining([RENAMED, UNDEFINED]),
    });
    const [newest] = JSON.parse((await shop.succeed('history', '--json')).stdout).releases;
    expect(newest).toMatchObject({
      state: 'removed',
      verdict: { result: 'fail' },
    });
    expect([...newest.verdict.reasons].sort()).toEqual([UNDEFINED, RENAMED].sort());
    expect(newest.weights.every(({ weight }: { weight: number }) => weight === 0)).toBe(true);
    // The canary is gone, and its branch is unchanged, because no user has seen it.
    expect((await shop.containers()).some(({ service }) => service === 'frontend-canary')).toBe(
      false,
    );
    expect(await shop.git('log', '-1', '--format=%s', 'canary')).not.toContain('Revert');
  });

  it('passes with the change declared', async () => {
    await configure('{ shape: { allow: ["$[].coupon", "body > text"] } }');
    await shop.succeed('deploy', '--branch', 'canary', '--weight', '50');
    const { exitCode, result, shape } = await check();
    expect({ exitCode, result }).toEqual({ exitCode: 0, result: 'pass' });
    expect(shape.map(({ request }: { request: string }) => request).sort()).toEqual([
      'GET /',
      'GET /discount',
    ]);
  });

  it('fails in `check` while it has users, which changes nothing', async () => {
    await configure('{}');
    const before = await shop.status();
    const { exitCode, result, shape } = await check();
    expect({ exitCode, result }).toEqual({ exitCode: 1, result: 'fail' });
    expect(shape).toContainEqual({
      service: 'discounts',
      request: 'GET /discount',
      result: 'fail',
      text: RENAMED,
    });
    // Also if only a check asks for the comparison.
    await configure('{ shape: false, checks: [{ service: discounts, get: /discount }] }');
    expect(await check()).toMatchObject({ exitCode: 1, failed: [RENAMED] });
    const after = await shop.status();
    expect(after.release.weight.set).toBe(50);
    expect(after.release.state).toBe(before.release.state);
  });

  it('leaves no trace of what users sent', async () => {
    const kept = join(shop.directory, '.canary');
    const files = await readdir(kept, { recursive: true, withFileTypes: true });
    const texts = files
      .filter((each) => each.isFile())
      .map((each) => readFile(join(each.parentPath, each.name), 'utf8'));
    const logs = await execa('docker', ['logs', `${shop.project}-canary-proxy-1`], { all: true });
    const all = (await Promise.all(texts)).join('\n');
    expect(all).toContain('check-canary');
    expect(all).not.toContain(SECRET);
    expect(all).not.toContain(Buffer.from(SECRET).toString('base64').slice(0, 12));
    // The proxy logs the URL, as before, but no header.
    expect(logs.all.replaceAll(`q=${SECRET}`, '')).not.toContain(SECRET);
  });

  /** A source, started as a release's steps start it. */
  async function startHere(start: (run: ReleaseRun) => Promise<Source>) {
    const context = contextIn(shop.directory);
    const project = await loadProject(context);
    const release = await newestRelease(project);
    if (!release) throw new Error('There is no release.');
    return start({ context, project, checkout: undefined, release, signal: context.signal });
  }
});
