import { expect, test } from 'vitest';
import { hookWords, parsePushReport, refusalHint } from '../../../src/git/push-report.ts';

const REPORT = [
  'lint: fine',
  'To https://example.com/shop.git',
  '=\trefs/heads/a:refs/heads/a\t[up to date]',
  ' \trefs/heads/b:refs/heads/b\t6a4bb43..9c91334',
  '*\t9c91334:refs/heads/c\t[new branch]',
  '+\trefs/heads/d:refs/heads/d\t9c91334...6a4bb43 (forced update)',
  '!\trefs/heads/e:refs/heads/e\t[rejected] (non-fast-forward)',
  'Done',
  '',
].join('\n');

test('every ref of a push has its outcome', () => {
  expect(parsePushReport(REPORT)).toEqual([
    { ref: 'refs/heads/a', outcome: 'unchanged', summary: '[up to date]' },
    { ref: 'refs/heads/b', outcome: 'pushed', summary: '6a4bb43..9c91334' },
    { ref: 'refs/heads/c', outcome: 'pushed', summary: '[new branch]' },
    { ref: 'refs/heads/d', outcome: 'pushed', summary: '9c91334...6a4bb43 (forced update)' },
    { ref: 'refs/heads/e', outcome: 'refused', summary: '[rejected] (non-fast-forward)' },
  ]);
  expect(parsePushReport('')).toEqual([]);
});

test('lines outside of the report are words of a hook', () => {
  expect(hookWords(REPORT)).toEqual(['lint: fine']);
});

test.each([
  ['[rejected] (non-fast-forward)', /merge or rebase, then push again\.$/],
  ['[rejected] (fetch first)', /merge or rebase, then push again\.$/],
  ['[rejected] (stale info)', /not seen here/],
  ['[remote rejected] (shallow update not allowed)', /git fetch --unshallow/],
  ['[remote rejected] (pre-receive hook declined)', /The remote rejected it/],
])('%s says what to do', (summary, hint) => {
  expect(refusalHint([{ ref: 'refs/heads/a', outcome: 'refused', summary }], 'deploy')).toMatch(
    hint,
  );
});

test('without a report, git or a local hook rejected the push', () => {
  expect(refusalHint([], 'deploy')).toContain('pre-push hook');
});
