import { escapeDollars, type Fields } from './fields.ts';

/** A service that is another one but for some fields. */
export interface Extension extends Origin {
  name: string;
  service: string;
  delta: Fields;
}

/** Where a service is defined. */
export interface Origin {
  /** The files that define it, in the order Compose merges them. */
  files: readonly string[];
  /** The whole of it as it is written, where extending the files would not say it. */
  copy?: Fields | undefined;
}

/**
 * One record of services a YAML document: `extends` reaches one file, so that a service which several define is
 * extended once a file; the last says what sets it apart.
 */
export function extensionLayers(extensions: readonly Extension[]): Fields[] {
  const layered = extensions.map(({ name, service, files, copy, delta }) => {
    const bases = files.map((file) => ({ extends: { file: escapeDollars(file), service } }));
    // What sets it apart may take away what the copy says: a layer of its own.
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
