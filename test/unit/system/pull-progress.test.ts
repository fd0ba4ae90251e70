import { expect, test } from 'vitest';
import { PullProgress } from '../../../src/system/docker/pull-progress.ts';

/** As Compose 2.40 prints them. */
const LINES = [
  '{"id":"image-0","text":"Pulling"}',
  '{"id":"75b32036f42a","parent_id":"image-0","text":"Already exists","percent":100}',
  '{"id":"a5ae27b9b674","parent_id":"image-0","text":"Pulling fs layer"}',
  '{"id":"2fd2a63d0cc6","parent_id":"image-0","text":"Pulling fs layer"}',
  '{"id":"a5ae27b9b674","parent_id":"image-0","text":"Downloading","status":"[>  ]  10MB/30MB","current":10000000,"total":30000000}',
  '{"id":"2fd2a63d0cc6","parent_id":"image-0","text":"Downloading","current":5000000,"total":60000000,"percent":8}',
  '{"id":"a5ae27b9b674","parent_id":"image-0","text":"Verifying Checksum"}',
  '{"id":"a5ae27b9b674","parent_id":"image-0","text":"Extracting","current":2000000,"total":30000000}',
  '{"id":"a5ae27b9b674","parent_id":"image-0","text":"Pull complete","percent":100}',
];

test('layers, bytes and the time that is left, from what Compose prints', () => {
  let now = 0;
  const progress = new PullProgress(() => now);
  const seen = LINES.map((line) => {
    now += 1000;
    return progress.read(line);
  });
  const [image, there, , announced, first, second, checked, unpacked, done] = seen;
  expect(image).toBeUndefined();
  expect(there?.layers).toEqual({ done: 1, of: 1 });
  expect(announced).toEqual({ layers: { done: 1, of: 3 }, bytes: { done: 0, of: 0 } });
  expect(first).toEqual({
    layers: { done: 1, of: 3 },
    bytes: { done: 10_000_000, of: 30_000_000 },
  });
  expect(second?.bytes).toEqual({ done: 15_000_000, of: 90_000_000 });
  // 35 MB in two seconds.
  expect(checked).toEqual({
    layers: { done: 1, of: 3 },
    bytes: { done: 35_000_000, of: 90_000_000 },
    secondsLeft: 4,
  });
  expect(unpacked?.bytes).toEqual(checked?.bytes);
  expect(done?.layers).toEqual({ done: 2, of: 3 });
});

test.each([
  'no JSON',
  '[]',
  'null',
  '{"id":1,"parent_id":"image-0","text":"Downloading","current":1,"total":2}',
  '{"id":"a","text":"Downloading","current":1,"total":2}',
])('a line that tells of no layer says nothing: %s', (line) => {
  expect(new PullProgress(() => 0).read(line)).toBeUndefined();
});

test('numbers that are none change nothing', () => {
  const line = (current: unknown, total: unknown) =>
    JSON.stringify({ id: 'a', parent_id: 'image-0', text: 'Downloading', current, total });
  const progress = new PullProgress(() => 0);
  for (const [current, total] of [
    [-1, 5],
    ['x', 5],
    [1, 0],
    [null, null],
    [9, 5],
  ])
    progress.read(line(current, total));
  expect(progress.read(line('y', 1))?.bytes).toEqual({ done: 5, of: 5 });
});
