import fc from 'fast-check';
import { expect, test } from 'vitest';
import { routeGroup } from '../../../src/analysis/route-group.ts';

test.each([
  ['/', 'GET /'],
  ['/products/42', 'GET /products/*'],
  ['/products/42/reviews', 'GET /products/*/reviews'],
  ['/api/v2/users/7/orders', 'GET /api/v2/users/…'],
  ['/search?q=secret', 'GET /search'],
  ['/reset/9f86d081884c7d659a2feaa0c55ad015', 'GET /reset/*'],
  ['/index.html', 'GET /index.html'],
])('%s belongs to %s', (path, group) => {
  expect(routeGroup('GET', path)).toBe(group);
});

test('no id and no part of a query is kept', () => {
  const id = fc.stringMatching(/^[a-f]{2,5}\d[a-f0-9]{5,20}$/);
  fc.assert(
    fc.property(id, id, (one, other) => {
      const group = routeGroup('GET', `/a/${one}/b?token=${other}`);
      expect(group).not.toContain(one);
      expect(group).not.toContain(other);
    }),
  );
});
