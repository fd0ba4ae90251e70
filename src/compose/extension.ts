import { escapeDollars, type Fields } from './fields.ts';

/** A service that is another one but for some fields. */
export interface Extension {
  name: string;
  service: string;
  /** The files that define the other, in the order Compose merges them. */
  files: readonly string[];
  delta: Fields;
}

/**
 * One record of services a YAML document: `extends` reaches one file, so that a service which several define is
 * extended once a file; the last says what sets it apart.
 */
export function extensionLayers(extensions: readonly Extension[]): Fields[] {
  const depth = Math.max(1, ...extensions.map(({ files }) => files.length));
  return Array.from({ length: depth }, (_, index) =>
    Object.fromEntries(
      extensions.flatMap(({ name, service, files, delta }) => {
        const file = files[index];
        if (!file) return [];
        const base = { extends: { file: escapeDollars(file), service } };
        return [[name, index === files.length - 1 ? { ...base, ...delta } : base]];
      }),
    ),
  );
}
