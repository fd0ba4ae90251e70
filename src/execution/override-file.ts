import { hiding } from '../compose/disguise/hidden.ts';
import { addedServices, hiddenServices } from '../compose/render/hidden-services.ts';
import {
  type CloneSource,
  type OverrideInput,
  renderOverride,
} from '../compose/render/override.ts';
import type { Checkout } from '../project/checkout/checkout.ts';
import { ensureState } from '../project/layout.ts';
import type { Project } from '../project/load.ts';
import type { Run } from '../project/run.ts';
import type { ComposeScope } from '../system/docker/compose.ts';
import { writeEvenIfFull } from '../system/files.ts';
import { baselineSource } from './baseline-source.ts';

/** The YAML that adds proxy and clones to the user's files. */
export function overrideText(
  project: Project,
  clones: CloneSource | undefined,
  rest: Pick<OverrideInput, 'isUnlinked' | 'baselines' | 'images'> = {},
): string {
  const { model, slice, proxy } = project;
  return renderOverride({ model, slice, proxy, clones, ...rest });
}

/** Keeps the override on disk up to date, so that it works with plain `docker compose` at any time. */
export async function writeOverride(project: Project, text: string): Promise<void> {
  await ensureState(project.layout);
  await writeEvenIfFull(project.layout.override, text);
}

/** Compose with the user's files and the override, which is written first. */
export async function overriddenScope(
  run: Run,
  {
    coming = [],
    images = new Map(),
  }: {
    /** Services whose baseline is about to start, beside those that have one. */
    coming?: readonly string[];
    /** By service, the image that the stable runs, whatever its file names. */
    images?: ReadonlyMap<string, string>;
  } = {},
): Promise<ComposeScope> {
  const { project } = run;
  const baselines = await baselineSource(run, coming);
  await writeOverride(project, overrideText(project, cloneSource(run), { baselines, images }));
  return hidingScope(project, project.files);
}

/** The same for services that start before the proxy: a link to it would lead nowhere, and some call at once. */
export async function unlinkedScope(run: Run): Promise<ComposeScope> {
  const { project } = run;
  await writeOverride(project, overrideText(project, cloneSource(run), { isUnlinked: true }));
  return hidingScope(project, project.files);
}

/** Compose with the files of the commit being released, in the user's own folder, and the override. */
export async function releasedScope(run: Run, checkout: Checkout): Promise<ComposeScope> {
  const { project } = run;
  const { model, files, envFile, source } = checkout;
  const images = new Map(source?.images.map((each) => [each.service, each.reference]));
  const override = renderOverride({ ...project, model, images, clones: undefined });
  await writeOverride(project, override);
  const scope = { ...hidingScope(project, files), variables: source?.variables };
  return envFile ? { ...scope, envFiles: [envFile] } : scope;
}

/** What these files and the override make is hidden from plain Compose as far as only the override wants it so. */
export function hidingScope(project: Project, files: readonly string[]): ComposeScope {
  const { scope, model, slice, config, layout } = project;
  const added = addedServices(slice, config.database.migrate?.service);
  const guise = hiding([...hiddenServices(model, slice), ...added]);
  return { ...scope, files: [...files, layout.override], guise };
}

export function cloneSource({
  project,
  checkout,
  release,
}: Pick<Run, 'project' | 'checkout' | 'release'>): CloneSource | undefined {
  if (!checkout) return undefined;
  return {
    commit: checkout.commit,
    pulled: checkout.pulled.map(({ service }) => service),
    release: release?.id ?? '',
    model: checkout.model,
    files: checkout.definedIn,
    dataMounts: checkout.dataMounts,
    keptLabels: checkout.keptLabels,
    branchFiles: checkout.branchFiles,
    copies: checkout.copies,
    corrections: checkout.corrections,
    migration: project.config.database.migrate,
  };
}
