import { expect, test } from 'vitest';
import { settingsChanged } from '../../../../src/compose/images/settings.ts';

const SETTINGS = {
  Entrypoint: ['/entry.sh'],
  Cmd: ['serve'],
  User: 'app',
  ExposedPorts: { '8000/tcp': {} },
  Volumes: { '/data': {} },
  Healthcheck: { Test: ['CMD', 'true'] },
};

test('an image with the same settings has nothing to tell', () => {
  expect(settingsChanged(SETTINGS, { ...SETTINGS })).toEqual([]);
  expect(settingsChanged({ User: '', Volumes: null }, { User: 'root' })).toEqual([]);
});

test('what a container would have otherwise is told', () => {
  const other = {
    Entrypoint: null,
    Cmd: ['serve', '--new'],
    User: 'root',
    StopSignal: 'SIGINT',
    ExposedPorts: { '9000/tcp': {} },
    Volumes: { '/var/cache': {} },
  };
  expect(settingsChanged(SETTINGS, other)).toEqual([
    'another entrypoint',
    'another command',
    'another user: root, not app',
    'another stop signal',
    'another health check',
    'no port 8000/tcp any more',
    'the new port 9000/tcp',
    'no volume at /data any more',
    'a new volume at /var/cache, which begins empty',
  ]);
});
