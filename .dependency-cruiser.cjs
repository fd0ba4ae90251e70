const PURE = '^src/(compose|proxy|rollout|analysis|database|git)/';

/** Imports point one way: main -> cli -> workflows -> the pure folders and the interfaces of system. */
module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'pure-folders-touch-nothing',
      comment:
        'compose, proxy, rollout, analysis, database and git decide; they know no process, file, clock or terminal.',
      severity: 'error',
      from: { path: PURE },
      to: {
        path: '^src/(system|workflows|cli|ui|main)|^node:(?!path)|node_modules/(execa|simple-git|chalk|ora|commander)',
      },
    },
    {
      name: 'config-is-pure',
      severity: 'error',
      from: { path: '^src/config/' },
      to: {
        path: '^src/(system|workflows|cli|ui|main)|node_modules/(execa|simple-git|chalk|ora|commander)',
      },
    },
    {
      name: 'system-serves',
      comment: 'system implements what workflows ask for; it never reaches up.',
      severity: 'error',
      from: { path: '^src/system/' },
      to: { path: '^src/(workflows|cli|ui|main)' },
    },
    {
      name: 'workflows-know-no-terminal',
      severity: 'error',
      from: { path: '^src/workflows/' },
      to: { path: '^src/(cli|ui|main)|node_modules/(execa|simple-git|chalk|ora|commander)' },
    },
    {
      name: 'actions-stand-on-release-execution-project',
      comment: 'Inside workflows: what a user does -> release -> execution -> project; never back.',
      severity: 'error',
      from: { path: '^src/workflows/(project|execution|release)/' },
      to: { path: '^src/workflows/[^/]+\\.ts$', pathNot: '^src/workflows/context\\.ts$' },
    },
    {
      name: 'execution-knows-no-release-history',
      severity: 'error',
      from: { path: '^src/workflows/execution/' },
      to: { path: '^src/workflows/release/' },
    },
    {
      name: 'project-is-the-ground',
      severity: 'error',
      from: { path: '^src/workflows/project/' },
      to: { path: '^src/workflows/(execution|release)/' },
    },
    {
      name: 'ui-only-renders',
      severity: 'error',
      from: { path: '^src/ui/' },
      to: { path: '^src/(cli|workflows|system|main)' },
    },
    {
      name: 'colour-only-in-ui',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/ui/' },
      to: { path: 'node_modules/(chalk|ora)/' },
    },
    {
      name: 'processes-and-git-only-in-system',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/system/' },
      to: { path: 'node_modules/(execa|simple-git)/|^(node:)?child_process' },
    },
    {
      name: 'no-shell',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(node:)?child_process' },
    },
    {
      name: 'src-does-not-import-tests',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^test/' },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
  },
};
