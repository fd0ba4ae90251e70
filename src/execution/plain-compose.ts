import type { Context } from '../context.ts';
import { containersOf, type Observed } from '../rollout/observed.ts';

/** Tells of what plain Compose tried beside canary and could not: nobody notices, until somebody looks for the reason. */
export function tellStrays({ emit }: Context, observed: Observed): void {
  const strays = containersOf(observed, 'stray').map(({ service }) => `\`${service}\``);
  if (strays.length === 0) return;
  const services = [...new Set(strays)].join(' and ');
  const text = `Plain \`docker compose\` tried to replace ${services} and could not, because canary holds the port. Users are answered as before. \`canary up\` removes what it left.`;
  emit({ type: 'warning', text });
}
