import { expect, test } from 'vitest';
import { describeImages } from '../../../src/rollout/source.ts';

const WEB = { service: 'web', reference: 'reg/web:2', imageId: 'sha256:1' };

test.each([
  ['a variable that names the image is said with it', [WEB], { VERSION: '2' }, 'web reg/web:2'],
  ['another one is said too', [WEB], { VERSION: '2', MODE: 'fast' }, 'web reg/web:2, MODE=fast'],
  ['an empty one too', [WEB], { MODE: '' }, 'web reg/web:2, MODE='],
  ['without a new image', [{ ...WEB, isSame: true as const }], { MODE: 'fast' }, 'MODE=fast'],
])('%s', (_, images, variables: Record<string, string>, text) => {
  expect(describeImages({ images, variables })).toBe(text);
});
