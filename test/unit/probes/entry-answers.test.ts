import { expect, test } from 'vitest';
import { askEntries } from '../../../src/probes/entry-answers.ts';

test('an entry is asked at every address of the machine where it is published', async () => {
  const asked: string[] = [];
  const run = {
    context: {
      http: async ({ url }: { url: string }) => {
        asked.push(url);
        return { status: 200 };
      },
    },
    project: {
      config: { services: { web: {} } },
      slice: [
        {
          service: 'web',
          entry: { port: 80, hostIp: '127.0.0.1', otherIps: ['10.0.0.5', 'fd00::5'] },
        },
      ],
    },
    signal: new AbortController().signal,
  };
  await askEntries(run as unknown as Parameters<typeof askEntries>[0]);
  expect(asked.sort()).toEqual([
    'http://10.0.0.5:80/',
    'http://127.0.0.1:80/',
    'http://[::1]:80/',
    'http://[fd00::5]:80/',
  ]);
});
