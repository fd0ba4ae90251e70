/**
 * The rooms of each folder, from the ground up: a room imports only what stands before it in its row. Rooms of one
 * inner array do not import each other at all. Files beside the rooms are free, as long as no circle forms.
 */
const FLOORS = {
  src: [
    'errors.ts',
    'nearest.ts',
    'yaml-depth.ts',
    'config',
    ['analysis', 'compose', 'proxy'],
    'database',
    'rollout',
    'git',
    'documents',
    'ui',
    'system',
    'context.ts',
    'project',
    'probes',
    'rehearsal',
    'execution',
    'notify',
    'release',
    'workflows',
    'cli',
    'main.ts',
  ],
  'src/analysis': [['shape', 'stats'], 'forecast'],
  'src/cli': ['completion', 'commands'],
  'src/config': ['values', 'sections'],
  'src/compose': [
    'model',
    'services',
    'images',
    ['clone', 'disguise', 'ingress'],
    'render',
    'choose',
  ],
  'src/database': ['compare'],
  'src/execution': ['operations'],
  'src/project': [['checkout', 'git'], 'images'],
  'src/rehearsal': [['mysql', 'postgres', 'sqlite']],
  'src/notify': ['bodies'],
  'src/release': ['records', 'ending', 'promotion', 'steps'],
  'src/ui': ['live'],
  'src/system': ['haproxy', 'state', ['docker', 'git', 'sqlite']],
  'src/workflows': ['candidates', 'push-to-deploy'],
};

/** Decide, and know no process, file, clock or terminal. */
const PURE =
  '^src/(config|analysis|compose|proxy|database|rollout|git|documents|rehearsal/(mysql|postgres))/';
const TERMINAL = 'node_modules/(chalk|ora|commander|@commander-js|@clack)/';
const PROCESSES = 'node_modules/(execa|simple-git)/|^(node:)?child_process';

/** No room imports one that stands beside or after it. */
function upwards([folder, floors]) {
  const within = (room) => `^${folder}/${room.endsWith('.ts') ? `${room}$` : `${room}/`}`;
  return floors.flatMap((floor, index) => {
    const higher = floors.slice(index + 1).flat();
    const rooms = [floor].flat();
    return rooms.flatMap((room) => {
      const others = [...rooms.filter((each) => each !== room), ...higher];
      if (others.length === 0) return [];
      return {
        name: `${folder}/${room}-imports-only-lower-rooms`,
        severity: 'error',
        from: { path: within(room) },
        to: { path: others.map(within).join('|') },
      };
    });
  });
}

/** A new folder belongs in FLOORS, where its place is. */
function withoutFloor(folder) {
  const known = FLOORS[folder]?.flat() ?? [];
  const below = folder === 'src' ? `^${folder}/` : `^${folder}/[^/]+/`;
  const pathNot = known.length > 0 ? [`^${folder}/(${known.join('|')})(/|$)`] : [];
  return {
    name: `every-room-of-${folder}-has-a-floor`,
    severity: 'error',
    from: { path: below, pathNot },
    to: {},
  };
}

const FOLDERS = [
  'src',
  ...FLOORS.src
    .flat()
    .filter((room) => !room.endsWith('.ts'))
    .map((room) => `src/${room}`),
];

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    ...Object.entries(FLOORS).flatMap(upwards),
    ...FOLDERS.map(withoutFloor),
    {
      name: 'pure-rooms-touch-nothing',
      severity: 'error',
      from: { path: PURE },
      to: { path: `^node:(?!path|stream/consumers)|${TERMINAL}|${PROCESSES}` },
    },
    {
      name: 'terminal-only-in-ui-and-cli',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(ui|cli|main)' },
      to: { path: TERMINAL },
    },
    {
      name: 'colour-only-in-ui',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/ui/' },
      to: { path: 'node_modules/(chalk|ora)/' },
    },
    {
      name: 'ui-only-renders',
      severity: 'error',
      from: { path: '^src/ui/' },
      to: { path: '^src/(system|context|project|probes|rehearsal|execution|release|workflows)' },
    },
    {
      name: 'processes-and-git-only-in-system',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/system/' },
      to: { path: PROCESSES },
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
