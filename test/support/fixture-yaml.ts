import { parseAllDocuments } from 'yaml';

interface Layer {
  services: Record<string, Record<string, unknown>>;
  networks?: Record<string, unknown>;
  volumes?: Record<string, unknown>;
}

/** An override read back: one layer per document, with Compose's own tags shown as `{'!reset': value}`. */
export function readLayers(text: string): Layer[] {
  const documents = parseAllDocuments(text, {
    customTags: ['!reset', '!override'].flatMap(tagged),
  });
  return [...documents].map((document) => {
    if (document.errors.length > 0) throw document.errors[0];
    return document.toJS() as Layer;
  });
}

function tagged(tag: string) {
  const show = (value: unknown) => ({ [tag]: value });
  return [
    { tag, resolve: (text: string) => show(text === 'null' || text === '' ? null : text) },
    ...(['map', 'seq'] as const).map((collection) => ({
      tag,
      collection,
      resolve: (node: { toJSON(): unknown }) => show(node.toJSON()),
    })),
  ];
}
