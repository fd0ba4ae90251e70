import { createHash } from 'node:crypto';
import { lookup } from 'node:dns/promises';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import { networkInterfaces } from 'node:os';

const VERSION = (await readFile('/stand-in/version', 'utf8')).trim();

/** Ways to look around, by the first part of the path. */
const LOOKS = {
  call,
  file,
  env: () => Object.entries(process.env).map(([key, value]) => [key, value && digest(value)]),
  dns: ([name]) => lookup(name, { all: true }).then((all) => all.map((each) => each.address)),
  addresses: () =>
    Object.values(networkInterfaces())
      .flat()
      .filter((each) => !each.internal),
  processes,
};

/** Asks another service, or the one behind a socket, for the rest of the path. */
function call([target, ...rest], request) {
  const socketPath = target.startsWith('/') ? target : undefined;
  const [host, port] = target.split(':');
  const where = socketPath ? { socketPath } : { host, port };
  const { connection: _, host: __, ...headers } = request.headers;
  const path = `/${rest.map(encodeURIComponent).join('/')}`;
  return new Promise((resolve, reject) => {
    const asked = http.request(
      { ...where, path, method: request.method, headers, agent: false },
      async (answer) => resolve(JSON.parse(await textOf(answer))),
    );
    asked.on('error', reject);
    request.pipe(asked);
  });
}

/** Reads a file, or writes it; `null` where there is none. */
async function file(parts, request) {
  const path = `/${parts.join('/')}`;
  if (request.method === 'PUT') await writeFile(path, await textOf(request));
  return readFile(path, 'utf8').catch(() => null);
}

/** Every command line that is seen from here. */
async function processes() {
  const ids = (await readdir('/proc')).filter((each) => /^\d+$/.test(each));
  const lines = ids.map((id) => readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => ''));
  return (await Promise.all(lines)).map((line) => line.split('\0').filter(Boolean).join(' '));
}

/** Equal for equal values, which stay where they are. */
function digest(text) {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

async function textOf(stream) {
  let text = '';
  for await (const chunk of stream) text += chunk;
  return text;
}

async function answer(request, response) {
  const [look, ...rest] = request.url.split('/').slice(1).map(decodeURIComponent);
  try {
    const seen = LOOKS[look]
      ? await LOOKS[look](rest, request)
      : `${process.env.NAME ?? 'nobody'} ${VERSION}`;
    response.end(JSON.stringify(seen));
  } catch (error) {
    // Not a failure of its own: the stable would answer instead of the canary.
    response.end(JSON.stringify(String(error)));
  }
}

for (const place of process.argv.slice(2)) {
  const isSocket = place.startsWith('/');
  if (isSocket) await rm(place, { force: true });
  http.createServer(answer).listen(isSocket ? place : Number(place));
}
process.on('SIGTERM', () => process.exit());
