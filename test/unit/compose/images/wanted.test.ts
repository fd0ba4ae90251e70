import { expect, test } from 'vitest';
import { type ImageWishes, wantedImages } from '../../../../src/compose/images/wanted.ts';

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: Compose expands them.
const DIGEST = `sha256:${'ab'.repeat(32)}`;
const IMAGES = { web: 'acme/shop:1', worker: 'acme/shop:1', ads: 'acme/ads:7', page: undefined };
const WRITTEN = {
  web: { image: 'acme/shop:${VERSION}', environment: { RELEASE: '${VERSION}' } },
  worker: { image: 'acme/shop:${VERSION:-1}' },
  ads: { image: 'acme/ads:7' },
  page: { build: '.' },
};

function wanted(services: (keyof typeof WRITTEN)[], wishes: Partial<ImageWishes>) {
  const model = Object.entries(IMAGES).map(([name, image]) => [name, image ? { image } : {}]);
  const stable = { model: { services: Object.fromEntries(model) }, written: WRITTEN, services };
  return wantedImages(stable, { images: {}, variables: {}, offered: {}, pull: false, ...wishes });
}

test('a tag sets the variable that the services of its repository share', () => {
  expect(wanted(['web', 'worker'], { tag: '2' })).toEqual({
    variables: { VERSION: '2' },
    named: {},
  });
});

test('a tag in clear is the name of an image', () => {
  expect(wanted(['ads', 'page'], { tag: '8' })).toEqual({
    variables: {},
    named: { ads: 'acme/ads:8' },
  });
});

test('an image may be another repository, a digest, or without a tag', () => {
  const images = { web: 'other/shop:3', worker: `@${DIGEST}`, ads: 'acme/ads' };
  expect(wanted(['web', 'worker', 'ads'], { images })).toEqual({
    variables: {},
    named: { web: 'other/shop:3', worker: `acme/shop@${DIGEST}`, ads: 'acme/ads:latest' },
  });
});

test('two tags for one variable: the second is a name', () => {
  const images = { web: 'acme/shop:2', worker: 'acme/shop:3' };
  expect(wanted(['web', 'worker'], { images })).toEqual({
    variables: { VERSION: '2' },
    named: { worker: 'acme/shop:3' },
  });
});

test.each<[(keyof typeof WRITTEN)[], Partial<ImageWishes>, string]>([
  [['web', 'ads'], { tag: '2' }, 'The chosen services run images of several repositories.'],
  [['page'], { tag: '2' }, 'None of the chosen services runs an image of a registry.'],
  [['web'], { tag: '-2' }, '`-2` is not a tag of an image.'],
  [['web'], { variables: { VERSOIN: '2' } }, 'The chosen services use no variable `VERSOIN`.'],
  [['ads'], { variables: { VERSION: '2' } }, 'The chosen services use no variable `VERSION`.'],
  [['web'], { images: { ads: 'acme/ads:8' } }, 'canary.yaml does not choose `ads`.'],
  [['web'], { images: { web: '-web' } }, '`-web` is not the name of an image.'],
])('of %j, %j is refused', (services, wishes, message) => {
  expect(() => wanted(services, wishes)).toThrow(message);
});
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: Compose expands them.
