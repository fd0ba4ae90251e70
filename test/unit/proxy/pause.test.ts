import { expect, it } from 'vitest';
import { pauseCommands } from '../../../src/proxy/pause.ts';

it('names every frontend with a port', () => {
  const sections = [
    'defaults\n  mode http',
    'frontend web:entry\n  log global\n  bind :80',
    'backend web\n  server stable1 web:80',
    'frontend web:replicas\n  bind abns@web',
    'frontend web:preview\n  bind :81\n  bind :::81 v6only',
  ];
  expect(pauseCommands(sections.join('\n\n'))).toEqual({
    close: 'disable frontend web:entry;disable frontend web:preview',
    open: 'enable frontend web:entry;enable frontend web:preview',
  });
});
