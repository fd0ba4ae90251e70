import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { LABEL } from '../../src/compose/model/names.ts';
import { BusyProcesses } from '../../test/support/load/busy.ts';
import type { Storedog } from '../../test/support/storedog.ts';
import { ENGINE_FAULTS } from './engine-faults.ts';
import { type Fault, killFromOutside } from './fault.ts';

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Containers of the shop by canary's label for their part; none if there is none now. */
async function byRole(shop: Storedog, role: string): Promise<string[]> {
  const filters = [
    `label=com.docker.compose.project=${shop.project}`,
    `label=${LABEL.role}=${role}`,
  ];
  const { stdout } = await execa('docker', [
    ...['ps', '--quiet'],
    ...filters.flatMap((each) => ['--filter', each]),
  ]);
  return stdout.split('\n').filter(Boolean);
}

const EVERYWHERE: readonly Fault[] = [
  {
    name: 'kill -9 of canary',
    costsUsersMs: undefined,
    strike: async (_, command) => void command.kill('SIGKILL'),
  },
  {
    name: 'the proxy is killed',
    // The engine starts it again. What is in it is lost, and its checks begin anew.
    costsUsersMs: 15_000,
    async strike(shop) {
      const [proxy] = await byRole(shop, 'proxy');
      if (proxy) await killFromOutside(proxy);
    },
  },
  {
    name: 'the database restarts',
    costsUsersMs: 20_000,
    strike: (shop) => shop.compose('restart', 'db').then(() => undefined),
  },
  {
    name: 'the network of the canary is cut',
    costsUsersMs: undefined,
    async strike(shop) {
      const network = `${shop.project}_default`;
      const canaries = await byRole(shop, 'canary');
      for (const id of canaries)
        await execa('docker', ['network', 'disconnect', network, id], { reject: false });
    },
  },
  {
    name: 'a canary is killed',
    costsUsersMs: undefined,
    async strike(shop) {
      for (const id of await byRole(shop, 'canary')) await killFromOutside(id);
    },
  },
  {
    name: 'the disk of canary is full',
    costsUsersMs: undefined,
    async strike(shop) {
      const file = join(shop.directory, '.canary/filler');
      // Until there is no space left: the folder is a file system of its own.
      await writeFile(file, Buffer.alloc(DISK_BYTES)).catch(() => undefined);
      await pause(5000);
      await rm(file, { force: true });
    },
  },
  {
    name: 'the processor is busy',
    costsUsersMs: undefined,
    async strike() {
      const busy = new BusyProcesses(4);
      await pause(8000);
      await busy.stop();
    },
  },
];

/** Those that can strike here. */
export const FAULTS =
  process.env.CANARY_OWN_ENGINE === '1' ? [...EVERYWHERE, ...ENGINE_FAULTS] : EVERYWHERE;

/** What the folder `.canary` may hold. */
export const DISK_BYTES = 16 * 1024 * 1024;
