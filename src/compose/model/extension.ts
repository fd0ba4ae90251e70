import { escapeDollars, type Fields } from './fields.ts';

/** A service that equals another one except for some fields. */
export interface Extension extends Origin {
  name: string;
  service: string;
  delta: Fields;
}

/** Where a service is defined. */
export interface Origin {
  /** The files that define it, in the order Compose merges them. */
  files: readonly string[];
  /** The whole definition as written, if extending the files would not give the same. */
  copy?: Fields | undefined;
}

/**
 * One record of services per YAML document. `extends` reaches only one file, so a service that
 * several files define is extended once per file; the last layer contains the differences.
 */
export function extensionLayers(extensions: readonly Extension[]): Fields[] {
  const layered = extensions.map(({ name, service, files, copy, delta }) => {
    const bases = files.map((file) => ({ extends: { file: escapeDollars(file), service } }));
    // The differences may remove parts of the copy, so they need a layer of their own.
    const layers: Fields[] = copy
      ? [copy, delta]
      : bases.map((base, index) => (index === bases.length - 1 ? { ...base, ...delta } : base));
    return { name, layers };
  });
  const depth = Math.max(1, ...layered.map(({ layers }) => layers.length));
  return Array.from({ length: depth }, (_, index) =>
    Object.fromEntries(
      layered.flatMap(({ name, layers }) => {
        const layer = layers[index];
        return layer ? [[name, layer]] : [];
      }),
    ),
  );
}
