import { type Container, EngineRefusal, hostPorts, roleOf, serviceOf } from './engine.ts';
import type { Happening } from './life.ts';
import type { World } from './world.ts';

/** How far somebody sets the clock. */
const CLOCK_MS = 3_600_000;
const DISK_MS = 4000;
/** So long nobody answers at the engine's socket while it restarts. */
const AWAY_MS = 1500;

/** Lets something happen beside canary; it may take time. */
export async function happen(world: World, what: Happening): Promise<void> {
  const { engine, timeline } = world;
  const running = [...engine.containers.values()].filter(({ state }) => state === 'running');
  const ofRole = (role: string) =>
    running.find(
      (each) => roleOf(each) === role && (role === 'proxy' || serviceOf(each) === 'web'),
    );
  // It fails where the engine is away, as it does for whoever types it.
  const plain = (...words: string[]) => world.plainCompose(...words).catch(() => undefined);
  const crash = (container: Container | undefined) => container && engine.die(container, 1);
  switch (what) {
    case 'the stable crashes':
      crash(ofRole('stable'));
      return;
    case 'the canary crashes':
      crash(ofRole('canary'));
      return;
    case 'the proxy crashes':
      crash(ofRole('proxy'));
      return;
    case 'docker restart of the proxy': {
      const proxy = ofRole('proxy');
      if (!proxy) return;
      engine.stop(proxy);
      await timeline.sleep(20);
      if (
        engine.containers.has(proxy.id) &&
        hostPorts(proxy).every((port) => !engine.holderOf(port))
      )
        engine.start(proxy);
      return;
    }
    case 'docker compose up -d':
      return plain('up', '--detach');
    case 'docker compose up -d --remove-orphans':
      return plain('up', '--detach', '--remove-orphans');
    case 'docker compose restart':
      return plain('restart');
    case 'docker compose down':
      return plain('down');
    case 'dockerd restarts':
      return restartEngine(world, { keepsContainers: false });
    case 'dockerd restarts, with live-restore':
      return restartEngine(world, { keepsContainers: true });
    case 'the host restarts':
      for (const each of world.processes.values()) void each.kill();
      return restartEngine(world, { keepsContainers: false });
    case 'the clock is set forward':
      timeline.offset += CLOCK_MS;
      return;
    case 'the clock is set back':
      timeline.offset -= CLOCK_MS;
      return;
    case 'the disk is full for a while':
    case 'the disk is read-only for a while':
      world.disk = what.includes('full') ? 'full' : 'read-only';
      timeline.after(DISK_MS, () => {
        world.disk = 'writable';
      });
  }
}

/**
 * The engine ends and comes back. Without live-restore it ends its containers, and starts those that have a restart
 * policy again; with it they go on, but nobody answers their DNS meanwhile.
 */
async function restartEngine(
  { engine, timeline }: World,
  { keepsContainers }: { keepsContainers: boolean },
): Promise<void> {
  const returning: Container[] = [];
  engine.isAway = true;
  for (const each of keepsContainers ? [] : [...engine.containers.values()]) {
    if (!['running', 'restarting'].includes(each.state)) continue;
    if (each.restarts) returning.push(each);
    engine.stop(each);
  }
  await timeline.sleep(AWAY_MS);
  engine.isAway = false;
  for (const each of returning) {
    try {
      engine.start(each);
    } catch (error) {
      // Somebody has its port: it stays down.
      if (!(error instanceof EngineRefusal)) throw error;
    }
  }
}
