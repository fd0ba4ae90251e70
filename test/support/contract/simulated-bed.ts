import { writeFileSync } from 'node:fs';
import { onHost } from '../../../src/system/host.ts';
import { preload } from '../world/preload.ts';
import { machineOf, start } from '../world/program.ts';
import { World } from '../world/world.ts';
import { IMAGE, type TestBed } from './test-bed.ts';

/** The same on the simulated machine. */
export async function simulatedBed(
  project: string,
  port: number,
  proxyImage: string,
): Promise<TestBed & { world: World; on: <T>(work: () => Promise<T>) => Promise<T> }> {
  await preload();
  const world = new World();
  const { engine, timeline } = world;
  const web = { bootsIn: 300, port: 80 };
  engine.addImage(IMAGE.one, { ...web, version: 'one' });
  engine.addImage(IMAGE.two, { ...web, version: 'two' });
  engine.addImage(IMAGE.crashing, { ...web, version: 'crashing', crashesAfter: 50 });
  engine.addImage(IMAGE.failing, { ...web, version: 'failing', fails: 1 });
  engine.addImage(proxyImage, { version: 'haproxy', bootsIn: 0, port: 0, isProxy: true });
  const machine = machineOf(world, world.process());
  return {
    world,
    /** Plays something there: time passes as far as it needs. */
    on: (work) => timeline.until(onHost(machine.host, work)),
    machine,
    folder: world.folder,
    project,
    port,
    write: async (name, text) => writeFileSync(world.file(name), text),
    compose: async (...args) => {
      const words = ['compose', '--project-directory', world.folder, ...args];
      return (await world.compose.run(words)).exitCode;
    },
    canary: (...argv) => start(world, argv).ended,
    crash: async (container) => engine.die(engine.find(container), 1),
    ask: async (user = 'somebody') => {
      const { isRefused, status, version } = await world.visitors.one(user, port);
      if (isRefused) return 'refused';
      return status === 200 ? version : String(status);
    },
    dispose: async () => world.destroy(),
  };
}
