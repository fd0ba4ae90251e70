import { afterAll, beforeAll, expect, it } from 'vitest';
import { GivenCase } from './given-case.ts';

let shop: GivenCase;

beforeAll(async () => {
  shop = await GivenCase.of('06');
  await shop.production();
});

afterAll(() => shop?.dispose());

it('`init` and `plan` say that `pre_stop` is not run when canary stops a container', async () => {
  for (const command of [
    ['init', '--yes'],
    ['plan', '--branch', 'canary'],
  ]) {
    const { stdout, stderr } = await shop.succeed(...command);
    expect(stdout + stderr).toContain('`web` has a `pre_stop` hook');
  }
});
