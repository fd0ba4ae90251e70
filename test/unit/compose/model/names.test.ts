import { expect, test } from 'vitest';
import { canaryImage, previousImage } from '../../../../src/compose/model/names.ts';

const COMMIT = '1a2b3c4d5e6f7890';
/** A name that Docker accepts for an image, with its tag. */
const IMAGE = /^[a-z0-9]+(([._]|__|-+)[a-z0-9]+)*:[\w][\w.-]{0,127}$/;

test('images are named after their service', () => {
  expect(canaryImage('shop', 'web', COMMIT)).toBe('shop-web:canary-1a2b3c4d5e6f');
  expect(previousImage('shop', 'web', 'r1')).toBe('shop-web:before-r1');
});

test.each(['Web', 'webAPI', '_web', 'web_', 'web..api', 'web._api', 'web.-'])(
  'the service %s, which Compose allows, has a name for its images that Docker allows',
  (service) => {
    expect(canaryImage('shop', service, COMMIT)).toMatch(IMAGE);
    expect(previousImage('shop', service, 'r1')).toMatch(IMAGE);
  },
);

test('two services never share images', () => {
  const names = ['Web', 'web', 'wEb', 'web.', 'web_'].map((each) =>
    canaryImage('shop', each, COMMIT),
  );
  expect(new Set(names).size).toBe(names.length);
});
