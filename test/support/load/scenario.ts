import { execa } from 'execa';
import type { ContainerFacts, Storedog } from '../storedog.ts';
import { LoadClient } from './client.ts';
import { type Phase, Story } from './phases.ts';
import { commitVersion, outerAddress } from './shop.ts';

const RESIDENTS = 20;
/** How often the load continues for a while beside the raises: before and after everything else. */
const OTHER_HOLDS = 7;

/** A weight as it was set, as users saw it and as `status` reports it. */
export interface WeightSeen {
  set: number;
  /** Share of the users that were on the canary, in percent. */
  users: number;
  /** Share of the requests that it answered, in percent. */
  requests: number;
  measured: number;
}

interface Plan {
  /** How many at least, over the whole story. */
  requests: number;
  perSecond: number;
  /** Each comes at least once before the next thing happens. */
  users: number;
  /** The weights of the first release, one after the other; with 50 among them. */
  raises: readonly number[];
  /** Whether the second release is rehearsed as well: beside the users, that takes most of the time. */
  rehearsesAgain: boolean;
}

/** The life of a shop under a constant load, step by step. */
export class Scenario {
  private readonly shop: Storedog;
  private readonly plan: Plan;
  private holds = 0;
  private wasShared: ContainerFacts[] = [];
  readonly story = new Story();
  readonly client: LoadClient;
  readonly weights: WeightSeen[] = [];
  /** Steps after which containers were not as expected. */
  readonly touched: string[] = [];
  proxyWords: string[] = [];

  constructor(shop: Storedog, plan: Plan) {
    this.shop = shop;
    this.plan = plan;
    const target = { host: outerAddress(), port: shop.port };
    this.client = new LoadClient(target, this.story, plan);
  }

  async play(): Promise<void> {
    this.begin({ name: 'production', versions: ['v1'] });
    this.wasShared = await this.shared();
    this.client.start();
    try {
      await this.tell();
    } catch (cause) {
      const words = [...this.client.problems.slice(0, 20), ...(await this.readProxyLog())];
      throw new Error(`${String(cause)}\n${words.join('\n')}`, { cause });
    } finally {
      await this.client.stop();
      if (this.client.problems.length > 0) this.proxyWords = await this.readProxyLog();
    }
  }

  /** HAProxy's messages about failed requests and about servers that went down or came up: why a request was lost. */
  private async readProxyLog(): Promise<string[]> {
    const all = await this.shop.containers();
    const proxy = all.find(({ service }) => service === 'canary-proxy');
    // A failed take-over removes it.
    if (!proxy) return [];
    const { stdout, stderr } = await execa('docker', ['logs', proxy.id]);
    const lines = `${stdout}\n${stderr}`.split('\n');
    return lines
      .filter((line) => / (503|502|504|400|-1) \d+ |is (DOWN|UP)|no server/.test(line))
      .slice(0, 200);
  }

  private async tell(): Promise<void> {
    const { shop, client } = this;
    await this.hold();
    await this.step({ name: 'up', versions: ['v1'], handsOver: true }, 'up');
    client.sockets.start();
    await client.sockets.add(RESIDENTS);
    await this.hold();

    await this.untouched('the first release', async () => {
      await this.step({ name: 'deploy', versions: ['v1'] }, 'deploy', '--branch', 'canary');
      for (const weight of this.plan.raises) await this.raise(weight);
      // These reach the canary, and stay there when all other users leave.
      await client.sockets.add(RESIDENTS);
      const lowering = { versions: ['v1', 'v2'], canary: 'v2', moves: ['leave'] } as const;
      await this.step({ name: 'to 0 %', ...lowering }, 'weight', '0');
      this.begin({ name: 'at 0 %', versions: ['v1'] });
      await this.hold();
      if (!this.plan.rehearsesAgain) await this.set('database: { rehearse: off }');
      await commitVersion(shop, 'v3');
      await this.step(
        { name: 'redeploy', versions: ['v1'], retires: ['v2'] },
        ...['deploy', '--branch', 'canary'],
      );
      const joining = { versions: ['v1', 'v3'], canary: 'v3' };
      await this.step({ name: 'redeployed', ...joining, moves: ['join'] }, 'weight', '20');
      await this.hold();
    });

    const { release } = await shop.status();
    await this.step(
      {
        name: 'promote',
        versions: ['v1', 'v3'],
        canary: 'v3',
        moves: ['join'],
        retires: ['v1', 'v3'],
      },
      'promote',
    );
    await this.untouched('the promoted stable', async () => {
      this.begin({ name: 'promoted', versions: ['v3'] });
      await this.hold();
    });
    await this.step(
      {
        name: 'revert',
        versions: ['v3', 'v1'],
        canary: 'v1',
        moves: ['join'],
        retires: ['v3', 'v1'],
      },
      ...['revert', release.id],
    );
    await this.untouched('the stable of before', async () => {
      this.begin({ name: 'reverted', versions: ['v1'] });
      await this.hold();
      await this.reconfigure('X-Other');
      await this.hold();
    });
  }

  private async raise(weight: number): Promise<void> {
    const sides = { versions: ['v1', 'v2'], canary: 'v2' };
    await this.step({ name: `to ${weight} %`, ...sides, moves: ['join'] }, 'weight', `${weight}`);
    const name = `at ${weight} %`;
    this.begin({ name, ...sides, versions: weight === 100 ? ['v2'] : sides.versions });
    await this.hold();
    const { measured } = (await this.shop.status()).release.weight;
    this.weights.push({ set: weight, ...this.sharesAt(name), measured });
    // With users on both sides, who must stay where they are.
    if (weight === 50) await this.reconfigure('X-Half');
  }

  private async reconfigure(header: string): Promise<void> {
    await this.set(`force: { header: ${header} }`);
    const { stdout } = await this.shop.succeed('up', '--json');
    if (!JSON.parse(stdout).changed) throw new Error('The new configuration was not loaded.');
  }

  /** A setting on one line of canary.yaml, in place of the one that was there. */
  private async set(line: string): Promise<void> {
    const [key = ''] = line.split(':');
    const settings = (await this.shop.read('canary.yaml')).split('\n');
    const others = settings.filter((each) => !each.startsWith(`${key}:`));
    await this.shop.write('canary.yaml', `${others.join('\n').trimEnd()}\n${line}\n`);
  }

  private begin(phase: Phase): void {
    this.story.begin(phase, Date.now());
  }

  private async step(phase: Phase, ...args: string[]): Promise<void> {
    this.begin(phase);
    await this.shop.succeed(...args);
    const { versions, canary } = phase;
    this.begin({ name: `after ${phase.name}`, versions, ...(canary ? { canary } : {}) });
  }

  /** Lets the load continue: for its share of all requests, and until every user has come at least once. */
  private async hold(): Promise<void> {
    this.holds += 1;
    const { requests, raises, users } = this.plan;
    const due = Math.ceil((requests * this.holds) / (raises.length + OTHER_HOLDS));
    await this.client.reach(Math.max(due, this.client.sent + users));
  }

  /** Compares the stable's containers before and after, and the shared ones with the very beginning. */
  private async untouched(name: string, work: () => Promise<void>): Promise<void> {
    const before = await this.shop.stableContainers();
    await work();
    const after = await this.shop.stableContainers();
    if (JSON.stringify(after) !== JSON.stringify(before)) this.touched.push(`stable in ${name}`);
    if (JSON.stringify(await this.shared()) !== JSON.stringify(this.wasShared))
      this.touched.push(`shared services by the end of ${name}`);
  }

  private async shared(): Promise<ContainerFacts[]> {
    return (await this.shop.stableContainers()).filter(({ service }) => service !== 'frontend');
  }

  private sharesAt(name: string): { users: number; requests: number } {
    const users = this.story.users.get(name)?.get('v2')?.size ?? 0;
    const counts = this.story.counts.get(name) ?? new Map<string, number>();
    const all = [...counts.values()].reduce((sum, each) => sum + each, 0);
    return {
      users: (users * 100) / this.plan.users,
      requests: ((counts.get('v2') ?? 0) * 100) / all,
    };
  }
}
