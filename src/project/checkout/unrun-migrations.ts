import { relative } from 'node:path';
import { imageBuilder } from '../../compose/clone/companions.ts';
import type { ComposeService } from '../../compose/model/model.ts';
import { commandText } from '../../compose/services/image.ts';
import { migrateSetting, migrationJobs } from '../../compose/services/migration.ts';
import type { Context } from '../../context.ts';
import type { Project } from '../load.ts';
import type { Checkout } from './checkout.ts';
import { isInside } from './mirror.ts';

/** Files in which a change of the database is written down, by their paths. */
const MIGRATION_FILE = /migrat|alembic|changelog|(^|\/)(schema|versions)\b|\.sql$/i;

/** One-shot services whose migrations the branch changes, and that nothing runs for its canary. */
export async function unrunMigrations(
  { git }: Pick<Context, 'git'>,
  project: Pick<Project, 'config' | 'model' | 'slice' | 'repository'>,
  checkout: Checkout,
): Promise<string[]> {
  const { model, tree, commit, source } = checkout;
  const slice = project.slice.map(({ service }) => service);
  const jobs = migrationJobs(model, slice).filter((name) => !slice.includes(name));
  if (project.config.database.migrate || source || jobs.length === 0) return [];
  const changed = await git.changedPaths(project.repository, 'HEAD', commit);
  const files = changed.filter((each) => MIGRATION_FILE.test(each));
  return jobs.flatMap((job) => {
    const definition = model.services[job] ?? {};
    const stable = project.model.services[job];
    const builder = model.services[imageBuilder(model, job, slice) ?? job];
    const context = builder?.build?.context;
    const place = context && isInside(context, tree) ? relative(tree, context) : undefined;
    const own = files.filter((each) => place === '' || (place && isInside(each, place)));
    const [file] = own;
    const what = !stable
      ? 'is new in the branch'
      : isOther(stable, definition)
        ? 'is another in the branch'
        : file &&
          `changes with the branch (${file}${own.length > 1 ? ` and ${own.length - 1} more` : ''})`;
    if (!what) return [];
    return [
      `\`${job}\` migrates the database and ${what}, but nothing runs it for the canary. To run it once before the canary starts: ${migrateSetting(job)}.`,
    ];
  });
}

/** Whether it runs something else. */
function isOther(stable: ComposeService, branch: ComposeService): boolean {
  const image = ({ image, build }: ComposeService) => (build ? '' : (image ?? ''));
  return commandText(stable) !== commandText(branch) || image(stable) !== image(branch);
}
