import { createHash, randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { pack } from 'tar-stream';

interface Uploaded {
  repository: string;
  tag: string;
  /** The size of its one layer. */
  bytes: number;
  /** The only platform in its list of manifests, as Node names it; without one it has no list. */
  architecture?: string;
}

const MEDIA = 'application/vnd.docker';
const MANIFEST = `${MEDIA}.distribution.manifest.v2+json`;
const OCI = 'application/vnd.oci.image';
const LIST = `${MEDIA}.distribution.manifest.list.v2+json`;

const digestOf = (data: string | Buffer) =>
  `sha256:${createHash('sha256').update(data).digest('hex')}`;

/** Uploads an image of random bytes to a registry without a guard, so that no engine has any of it. */
export async function uploadImage(
  host: string,
  { repository, tag, bytes, architecture }: Uploaded,
): Promise<void> {
  const base = `http://${host}/v2/${repository}`;
  const own = { os: 'linux', architecture: architecture ?? platformOf(process.arch) };
  const layer = await archiveOf(bytes);
  const config = Buffer.from(
    JSON.stringify({
      ...{ ...own, config: { Cmd: ['/data'] } },
      rootfs: { type: 'layers', diff_ids: [digestOf(layer)] },
    }),
  );
  const manifest = JSON.stringify({
    ...{ schemaVersion: 2, mediaType: MANIFEST },
    config: {
      mediaType: `${MEDIA}.container.image.v1+json`,
      ...(await putBlob(base, config)),
    },
    layers: [{ mediaType: `${MEDIA}.image.rootfs.diff.tar`, ...(await putBlob(base, layer)) }],
  });
  if (!architecture) return putManifest(base, tag, MANIFEST, manifest);
  const digest = digestOf(manifest);
  await putManifest(base, digest, MANIFEST, manifest);
  const entry = { mediaType: MANIFEST, digest, size: manifest.length, platform: own };
  const list = { schemaVersion: 2, mediaType: LIST, manifests: [entry] };
  await putManifest(base, tag, LIST, JSON.stringify(list));
}

/**
 * Makes an index of an image of the registry as `docker buildx build --push` does: the image for this platform, and what attests how it
 * was built, for no platform at all. Returns the digests of both: of the index, and of the image alone.
 */
export async function attestImage(
  host: string,
  { repository, tag }: Pick<Uploaded, 'repository' | 'tag'>,
): Promise<{ index: string; image: string }> {
  const base = `http://${host}/v2/${repository}`;
  const { type, text } = await imageManifest(base, tag);
  const image = digestOf(text);
  const statement = { _type: 'https://in-toto.io/Statement/v0.1', subject: [{ name: image }] };
  const attestation = JSON.stringify({
    ...{ schemaVersion: 2, mediaType: `${OCI}.manifest.v1+json` },
    config: {
      mediaType: `${OCI}.config.v1+json`,
      ...(await putBlob(base, Buffer.from('{"architecture":"unknown","os":"unknown"}'))),
    },
    layers: [
      {
        mediaType: 'application/vnd.in-toto+json',
        ...(await putBlob(base, Buffer.from(JSON.stringify(statement)))),
        annotations: { 'in-toto.io/predicate-type': 'https://slsa.dev/provenance/v0.2' },
      },
    ],
  });
  const attesting = digestOf(attestation);
  await putManifest(base, attesting, `${OCI}.manifest.v1+json`, attestation);
  const index = JSON.stringify({
    ...{ schemaVersion: 2, mediaType: `${OCI}.index.v1+json` },
    manifests: [
      {
        ...{ mediaType: type, digest: image, size: text.length },
        platform: { os: 'linux', architecture: platformOf(process.arch) },
      },
      {
        ...{ mediaType: `${OCI}.manifest.v1+json`, digest: attesting, size: attestation.length },
        annotations: {
          'vnd.docker.reference.digest': image,
          'vnd.docker.reference.type': 'attestation-manifest',
        },
        platform: { os: 'unknown', architecture: 'unknown' },
      },
    ],
  });
  const digest = digestOf(index);
  await putManifest(base, digest, `${OCI}.index.v1+json`, index);
  return { index: digest, image };
}

/** The manifest of an image alone: an engine with containerd's store pushes an index, too. */
async function imageManifest(base: string, name: string): Promise<{ type: string; text: string }> {
  const Accept = `${MANIFEST},${OCI}.manifest.v1+json,${OCI}.index.v1+json`;
  const found = await fetch(`${base}/manifests/${name}`, { headers: { Accept } });
  const [type, text] = [found.headers.get('content-type') ?? '', await found.text()];
  if (!type.includes('index')) return { type, text };
  const { manifests }: { manifests: { digest: string; platform?: { os: string } }[] } =
    JSON.parse(text);
  const own = manifests.find(({ platform }) => platform?.os === 'linux');
  return imageManifest(base, own?.digest ?? '');
}

function platformOf(arch: string): string {
  return arch === 'x64' ? 'amd64' : arch;
}

function archiveOf(bytes: number): Promise<Buffer> {
  const archive = pack();
  archive.entry({ name: 'data' }, randomBytes(bytes));
  archive.finalize();
  return buffer(archive);
}

async function putBlob(base: string, data: Buffer): Promise<{ digest: string; size: number }> {
  const begun = await fetch(`${base}/blobs/uploads/`, { method: 'POST' });
  const place = new URL(begun.headers.get('location') ?? '', base);
  const digest = digestOf(data);
  place.searchParams.set('digest', digest);
  const { status } = await fetch(place, { method: 'PUT', body: new Uint8Array(data) });
  if (status !== 201) throw new Error(`The registry answers ${status} to a blob.`);
  return { digest, size: data.length };
}

async function putManifest(base: string, name: string, type: string, body: string): Promise<void> {
  const { status } = await fetch(`${base}/manifests/${name}`, {
    ...{ method: 'PUT', headers: { 'Content-Type': type }, body },
  });
  if (status !== 201) throw new Error(`The registry answers ${status} to a manifest.`);
}
