import { describe, expect, test } from 'vitest';
import {
  askWorker,
  oldWorkers,
  readDigest,
  readReload,
  signConfiguration,
} from '../../../src/proxy/master-process.ts';
import { statesToKeep } from '../../../src/proxy/server-states.ts';

describe('the master', () => {
  test('says whether a configuration is in force, and why not', () => {
    expect(readReload('Success=1\n--\n[NOTICE]   (1) : Loading success.\n\n')).toEqual({
      isLoaded: true,
      words: ['[NOTICE]   (1) : Loading success.'],
    });
    expect(readReload("Success=0\n--\n[ALERT] unknown keyword 'x'\n")).toEqual({
      isLoaded: false,
      words: ["[ALERT] unknown keyword 'x'"],
    });
    expect(readReload('').isLoaded).toBe(false);
  });

  const processes = (old: string) =>
    `#<PID>          <type>          <reloads>       <uptime>        <version>      \n1               master          5 [failed: 0]   0d00h02m15s     3.0.11\n# workers\n29              worker          0               0d00h00m02s     3.0.11\n${old}# programs\n\n`;

  test('names the old workers, and only those', () => {
    const old = [25, 21].map(
      (id) => `${id}              worker          1               0d00h00m46s     3.0.11\n`,
    );
    expect(oldWorkers(processes(`# old workers\n${old.join('')}`))).toEqual([25, 21]);
    expect(oldWorkers(processes(''))).toEqual([]);
    expect(oldWorkers('')).toEqual([]);
  });

  test('passes a command on to an old worker', () => {
    expect(askWorker(25, 'show stat')).toBe('@!25 show stat');
  });
});

test('a configuration contains its own digest', () => {
  expect(signConfiguration('defaults\n', 'c0ffee')).toBe(
    'global\n  description c0ffee\n\ndefaults\n',
  );
  expect(readDigest('Uptime: 1\ndescription: c0ffee\nPid: 9\n')).toBe('c0ffee');
  expect(readDigest('Uptime: 1\n')).toBeUndefined();
});

const keptOf = (states: string[], ports: Record<string, number>, isTls = false) => {
  const wires = Object.entries(ports).map(([service, port]) => [service, { port, isTls }]);
  return statesToKeep(states.join('\n'), Object.fromEntries(wires)).split('\n');
};

test('the state of a server is dropped if the connection to it changes to TLS', () => {
  const states = [
    '# be_id be_name srv_id srv_name srv_addr srv_fqdn srv_port srvrecord srv_use_ssl',
    '3 web 1 stable1 172.18.0.4 web 443 - 0',
    '4 web:canary 1 canary unix - 0 - 0',
    '5 web:replicas 1 replica1 172.18.0.5 web-canary 443 - 0',
  ];
  const [titles, , , handedOn] = states;
  expect(keptOf(states, { web: 443 }, true)).toEqual([titles, handedOn]);
  expect(keptOf(states, { web: 443 })).toEqual(states);
});

test('the state of a server is kept unless its port changes', () => {
  const states = [
    '1',
    '# be_id be_name srv_id srv_name srv_addr srv_fqdn srv_port srvrecord srv_use_ssl',
    '3 frontend 1 stable1 172.18.0.4 frontend 3000 - 0',
    '4 frontend:replicas 1 replica2 172.18.0.5 frontend-canary 3000 - 0',
    '4 frontend:canary 1 canary unix - 0 - 0',
    '5 discounts 1 stable1 172.18.0.3 discounts 5001 - 0',
    '6 gone 1 stable1 172.18.0.7 gone 80 - 0',
    '',
  ];
  const kept = keptOf(states, { frontend: 3000, discounts: 5002 });
  expect(kept).toEqual([...states.slice(0, 5), '']);
});
