import { parseAllDocuments } from 'yaml';

/** What a single compose file says itself, before Compose merges it with others. */
export interface FileDefinitions {
  services: ReadonlySet<string>;
  /** Every `env_file` path, as written. */
  envFiles: readonly string[];
}

interface RawService {
  env_file?: string | (string | { path?: string })[];
}

/** Reads which services a compose file defines, and the files of settings they name. */
export function readDefinitions(text: string): FileDefinitions {
  // Several documents in one file are several layers, as several files are.
  const documents = parseAllDocuments(text, {
    merge: true,
    logLevel: 'silent',
    customTags: lenientTags,
  });
  const services = [...documents].flatMap((document) => {
    const content = document.toJS({ maxAliasCount: -1 }) as {
      services?: Record<string, RawService | null>;
    } | null;
    return Object.entries(content?.services ?? {});
  });
  const envFiles = services.flatMap(([, service]) => {
    const value = service?.env_file ?? [];
    return (Array.isArray(value) ? value : [value]).map((each) =>
      typeof each === 'string' ? each : (each.path ?? ''),
    );
  });
  return {
    services: new Set(services.map(([name]) => name)),
    // A path with a variable in it is left to Compose.
    envFiles: envFiles.filter((path) => path !== '' && !path.includes('$')),
  };
}

/** Compose's own tags change how files merge, not which services there are. */
const lenientTags = ['!reset', '!override'].flatMap((tag) => [
  { tag, resolve: (text: string) => text },
  { tag, collection: 'seq' as const, resolve: <T>(node: T) => node },
  { tag, collection: 'map' as const, resolve: <T>(node: T) => node },
]);
