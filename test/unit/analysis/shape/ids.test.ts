import { expect, test } from 'vitest';
import { looksLikeId, maskIds } from '../../../../src/analysis/shape/ids.ts';

test.each([
  '17',
  '2026-03-01',
  '10.0.0.1',
  '-3',
  '3f2504e0-4f89-11d3-9a0c-0305e82c3301',
  'order:3F2504E0-4F89-11D3-9A0C-0305E82C3301',
  '5eb63bbbe01eeed093cb22bb8f5acdc3',
  '01ARZ3NDEKTSV4RRFFQ69G5FAV',
  'cus_9s6XKzkNRiz8i3',
  'ann@dogs.example',
  'x'.repeat(65),
])('%s is data', (key) => {
  expect(looksLikeId(key)).toBe(true);
});

test.each([
  'code',
  'address1',
  'line_2',
  'sha256',
  'ipv4',
  'http_404',
  'deadbeef',
  'shipping_address_line_2',
  'createdAt',
  'x-request-id',
  '',
  '-',
  '¿?',
])('%s is a name', (key) => {
  expect(looksLikeId(key)).toBe(false);
});

test.each([
  ['cart', 'cart'],
  ['row-17', 'row-*'],
  ['address1', 'address*'],
  ['items[0][amount]', 'items[*][amount]'],
  ['user-3f2504e0-4f89-11d3-9a0c-0305e82c3301', 'user-*'],
  ['two words', 'two-words'],
  ['a>b#c', 'a-b-c'],
  [':r1:', undefined],
  ['4711', undefined],
  ['', undefined],
  ['x'.repeat(25), undefined],
])('the data in %s is masked', (id, masked) => {
  expect(maskIds(id)).toBe(masked);
});
