import { refuseParted } from '../../compose/clone/companions.ts';
import { withVariables } from '../../compose/images/variables.ts';
import type { ComposeModel, ComposeService } from '../../compose/model/model.ts';
import type { WrittenModel } from '../../compose/model/written.ts';
import { cloneableService } from '../../compose/slice.ts';
import { byName, ownValue } from '../../config/values/by-name.ts';
import type { Context } from '../../context.ts';
import { type ImageSource, revisionOf } from '../../rollout/source.ts';
import type { Project } from '../load.ts';
import { branchFiles } from './branch-files.ts';
import { type Checkout, checkedOutServices, labelsToKeep } from './checkout.ts';
import { definitionsIn, filesDefining, namedFrom } from './definitions.ts';
import { mirrorOf } from './mirror.ts';
import type { CheckedOutMount } from './mounts.ts';
import { pathsWithoutVariables } from './path-variables.ts';
import { proveClones } from './prove-clones.ts';

/**
 * What a release of images is made from: the user's own files where they are, with the variables that the release sets.
 * Nothing is checked out, so that no git is needed.
 */
export async function checkOutImages(
  { compose }: Context,
  project: Project,
  source: ImageSource,
): Promise<Checkout> {
  const { directory, files } = project;
  const { variables } = source;
  const commit = revisionOf(source);
  const scope = { ...project.scope, variables };
  const model = withImages(project, await compose.model(scope), source);
  const definitions = await definitionsIn(files, directory, {
    expand: pathsWithoutVariables(compose, scope),
    ownPath: (path) => path,
  });
  const definedIn = byName<string[]>();
  const mounts = byName<CheckedOutMount[]>();
  for (const service of checkedOutServices(project)) {
    const isCloned = project.slice.some((member) => member.service === service);
    const definition = cloneableService(model, service, isCloned ? 'on' : 'once');
    definedIn[service] = namedFrom(directory, filesDefining(definitions, service));
    mounts[service] = mountsOf(definition);
  }
  const services = project.slice.map(({ service }) => service);
  refuseParted(model, services);
  let asked: Promise<WrittenModel> | undefined;
  const written = () => {
    asked ??= compose.written(project.scope).then((each) => withVariables(each, variables));
    return asked;
  };
  const mirror = mirrorOf(project.layout.worktrees, commit, project.repository);
  const keptLabels = await labelsToKeep(model, services, written);
  const own = await branchFiles(
    { stable: project.model, branch: model, mirror },
    services,
    written,
  );
  const base = {
    ...{ commit, source, pulled: source.images, mirror, tree: mirror.tree, directory, files },
    ...{ model, definedIn, mounts },
    ...{ dataMounts: byName<never[]>(), mountedFiles: byName<string[]>() },
  };
  const pulled = source.images.map(({ service }) => service);
  const kept = { keptLabels, branchFiles: own, pulled };
  const clones = { ...base, ...kept, release: '', files: definedIn };
  const proven = await proveClones(compose, { ...project, written }, clones);
  return { ...base, keptLabels, branchFiles: own, ...proven };
}

/** The model with the released images in it. They are built already, so nothing of it is built. */
function withImages(project: Project, read: ComposeModel, { images }: ImageSource): ComposeModel {
  const references = Object.fromEntries(images.map((each) => [each.service, each.reference]));
  const services = Object.entries(read.services).map(([name, service]) => {
    const image = ownValue(references, name);
    if (image === undefined) return [name, service] as const;
    const { build: _, ...rest } = service;
    return [name, { ...rest, image }] as const;
  });
  return {
    ...read,
    services: byName(services),
    ...(project.model.said && { said: project.model.said }),
  };
}

/** No file comes with an image: the clone mounts what the stable mounts. */
function mountsOf({ volumes = [] }: ComposeService): CheckedOutMount[] {
  const binds = volumes.filter(({ type, source }) => type === 'bind' && source);
  const why = 'a release of images brings no files of its own';
  return binds.map((volume) => {
    const { source = '' } = volume;
    return { volume, written: source, source, from: 'stable', why, untried: [] };
  });
}
