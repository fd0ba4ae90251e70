import { escapeDollars, type Fields } from '../model/fields.ts';
import type { ComposeFile, ComposeModel, ComposeService } from '../model/model.ts';
import { replace } from '../model/tagged.ts';

/** The sections of configs and secrets, by the name they have at the top level and in a service. */
export const FILE_KINDS = ['configs', 'secrets'] as const;
type FileKind = (typeof FILE_KINDS)[number];

/**
 * Configs and secrets that the branch defines differently from the stable, as they must be written;
 * by kind and name.
 */
export type BranchFiles = Readonly<Partial<Record<FileKind, Readonly<Record<string, Fields>>>>>;

/** The name of a branch's own config or secret beside the stable's. */
function branchFileName(name: string): string {
  return `${name}-canary`;
}

/** The branch's configs and secrets at the top level. */
export function fileDefinitions(files: BranchFiles, kind: FileKind): [string, Fields][] {
  return Object.entries(files[kind] ?? {}).map(([name, fields]) => [branchFileName(name), fields]);
}

/** What a clone mounts in place of the stable's configs and secrets. */
export function fileFields(service: ComposeService, files: BranchFiles): Fields {
  return Object.fromEntries(
    FILE_KINDS.flatMap((kind) => {
      const own = files[kind] ?? {};
      const used = service[kind] ?? [];
      if (!used.some(({ source }) => Object.hasOwn(own, source))) return [];
      const mounts = used.map(({ source, target, ...rest }) => ({
        source: Object.hasOwn(own, source) ? branchFileName(source) : source,
        ...(target === undefined ? defaultTarget(kind, source) : { target: escapeDollars(target) }),
        ...rest,
      }));
      return [[kind, replace(mounts)]];
    }),
  );
}

/**
 * Without a target, a config is mounted at `/NAME` and a secret at `/run/secrets/NAME` (Compose
 * Specification, services).
 */
function defaultTarget(kind: FileKind, source: string): Fields {
  return { target: kind === 'configs' ? `/${source}` : source };
}

/**
 * The configs and secrets that these services use and that differ between the two models; `differs`
 * compares two definitions.
 */
export function changedFiles(
  branch: ComposeModel,
  services: readonly string[],
  differs: (kind: FileKind, name: string, definition: ComposeFile) => boolean,
): { kind: FileKind; name: string; definition: ComposeFile }[] {
  return FILE_KINDS.flatMap((kind) => {
    const used = services.flatMap((service) => branch.services[service]?.[kind] ?? []);
    return [...new Set(used.map(({ source }) => source))].flatMap((name) => {
      const definition = branch[kind]?.[name];
      return definition && differs(kind, name, definition) ? [{ kind, name, definition }] : [];
    });
  });
}
