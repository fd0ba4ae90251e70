import { afterAll, beforeAll, expect, it } from 'vitest';
import { GivenCase } from './given-case.ts';

let shop: GivenCase;

beforeAll(async () => {
  shop = await GivenCase.of('06');
  await shop.production();
});

afterAll(() => shop?.dispose());

it('`init` and `plan` say that `pre_stop` is not run when canary stops a container', async () => {
  const { stdout: init } = await shop.succeed('init', '--yes');
  const { stdout: plan } = await shop.succeed('plan', '--branch', 'canary');
  for (const said of [init, plan]) expect(said).toContain('has a `pre_stop` hook');
});
