/** The name of an image in its parts, as Docker's reference grammar has them: `[HOST[:PORT]/]PATH[:TAG][@DIGEST]`. */
export interface Reference {
  repository: string;
  tag?: string;
  digest?: string;
}

const HOST =
  /(?:[a-zA-Z0-9](?:[a-zA-Z0-9.-]{0,253}[a-zA-Z0-9])?|\[[0-9a-fA-F:]{2,45}\])(?::\d{1,5})?/.source;
const PART = /[a-z0-9]{1,128}(?:(?:[._]|__|-{1,9})[a-z0-9]{1,128}){0,30}/.source;
const REPOSITORY = new RegExp(`^(?:${HOST}/)?${PART}(?:/${PART}){0,20}$`);
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^[a-z0-9]{2,20}:[0-9a-f]{32,128}$/;
/** Docker takes no longer names of repositories, and a tag and a digest come on top. */
const LONGEST = 600;

/** Reads the name of an image; `undefined` if it is none. */
export function parseReference(text: string): Reference | undefined {
  if (text.length > LONGEST) return undefined;
  const [name = '', ...digests] = text.split('@');
  const [digest] = digests;
  if (digests.length > 1 || (digest !== undefined && !DIGEST.test(digest))) return undefined;
  const colon = name.indexOf(':', name.lastIndexOf('/') + 1);
  const [repository, tag] = colon < 0 ? [name] : [name.slice(0, colon), name.slice(colon + 1)];
  if (!REPOSITORY.test(repository) || (tag !== undefined && !TAG.test(tag))) return undefined;
  return {
    repository,
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest }),
  };
}

/** The parts as one name. */
export function formatReference({ repository, tag, digest }: Reference): string {
  const tagged = tag === undefined ? repository : `${repository}:${tag}`;
  return digest === undefined ? tagged : `${tagged}@${digest}`;
}

/** Whether a text can be the tag of an image. */
export function isTag(text: string): boolean {
  return TAG.test(text);
}

/** An image by its content: whatever is tagged meanwhile, the registry gives exactly this one. */
export function byDigest(reference: string, digest: string): string {
  const repository = parseReference(reference)?.repository ?? reference;
  return `${repository}@${digest}`;
}
