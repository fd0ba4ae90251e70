import type { Context } from '../../context.ts';
import type { Project } from '../load.ts';
import type { Checkout } from './checkout.ts';
import { isBeside, ownPath } from './mirror.ts';
import { settingsToKnow } from './settings.ts';
import { unrunMigrations } from './unrun-migrations.ts';

/** How many files a sentence names. */
const NAMED = 3;

/** In what a canary will differ from what its branch or the stable says, one sentence each. */
export async function checkoutWarnings(
  context: Pick<Context, 'engine' | 'git'>,
  project: Pick<Project, 'name' | 'slice' | 'model' | 'config' | 'repository'>,
  checkout: Checkout,
): Promise<string[]> {
  return [
    ...project.slice.flatMap(({ service }) => builtBeside(checkout, service)),
    ...project.slice.flatMap(({ service }) => untriedChanges(checkout, service)),
    ...(await unrunMigrations(context, project, checkout)),
    ...(await settingsToKnow(context, project, checkout)),
  ];
}

function builtBeside({ mirror, model }: Checkout, service: string): string[] {
  const context = model.services[service]?.build?.context;
  if (!context || !isBeside(mirror, context)) return [];
  const place = ownPath(mirror, context);
  return [
    `${service} is built from ${place}, outside of the repository: the branch says nothing about that code.`,
  ];
}

function untriedChanges({ mounts }: Checkout, service: string): string[] {
  return (mounts[service] ?? []).flatMap(({ written, why, untried }) => {
    if (untried.length === 0) return [];
    const more = untried.length > NAMED ? ` and ${untried.length - NAMED} more` : '';
    const files = `${untried.slice(0, NAMED).join(', ')}${more}`;
    return [
      `${service} keeps using ${written}: ${why}. So the branch's changes of ${files} are not tried. If that is code, write \`mounts: { ${written}: branch }\` in canary.yaml.`,
    ];
  });
}
