import { expect, it } from 'vitest';
import { pauseCommands } from '../../../src/proxy/pause.ts';

it('names every frontend of a configuration', () => {
  const text =
    'defaults\n  mode http\n\nfrontend web:entry\n  bind :80\n\nbackend web\n\nfrontend web:preview\n';
  expect(pauseCommands(text)).toEqual({
    close: 'disable frontend web:entry;disable frontend web:preview',
    open: 'enable frontend web:entry;enable frontend web:preview',
  });
});
