import { expect, test } from 'vitest';
import { namesMoved } from '../../../src/project/checkout/settings.ts';

const image = { PATH: '/bin', LANG: 'C', MODE: 'image' };

function moved(environment: Record<string, string | null>, container: Record<string, string>) {
  return namesMoved({ environment }, { container: { ...image, ...container }, image });
}

test('a container that was started with today’s settings has nothing to tell', () => {
  const environment = { MODE: 'image', TOKEN: 't', UNSET: null };
  expect(moved(environment, { TOKEN: 't', HTTP_PROXY: 'http://proxy' })).toEqual([]);
});

test('settings are named that it has otherwise, or that nobody gives it now', () => {
  const environment = { STAGE: '', TOKEN: 'new', ADDED: '1' };
  const container = { STAGE: 'production', TOKEN: 'old', PAYMENTS: 'live' };
  expect(moved(environment, container)).toEqual(['STAGE', 'TOKEN', 'ADDED', 'PAYMENTS']);
});
