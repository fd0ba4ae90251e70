/**
 * The entry of the shop under load. Every response contains its version and what was received, so that the client can
 * distinguish a correct response from one that is cut, mixed up or from the other side. It stops gracefully: it
 * completes what it has begun, and closes an idle connection with the response to its next request.
 */
export function loadServer(version: string): string {
  return `import { createHash } from 'node:crypto';
import http from 'node:http';
import { Server } from 'node:net';
const sha = (data) => createHash('sha256').update(data).digest('hex');
const sockets = new Set();
let isStopping = false;
let open = 0;
let quiet = 0;

async function offers() {
  const answer = await fetch('http://discounts:5001/discount', { headers: { connection: 'close' } });
  return answer.ok && (await answer.json()).length > 0;
}

async function answer(request, response) {
  const url = new URL(request.url, 'http://shop');
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of request) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  const size = Number(url.searchParams.get('size') ?? 0);
  const body = Buffer.alloc(size, url.pathname);
  if (url.pathname === '/offers' && !(await offers())) response.statusCode = 503;
  response.setHeader('X-Version', '${version}');
  response.setHeader('X-Received', request.method + ' ' + bytes + ' ' + hash.digest('hex'));
  response.setHeader('X-Digest', sha(body));
  if (isStopping) response.setHeader('Connection', 'close');
  if (url.searchParams.has('chunked')) response.write(body.subarray(0, size / 2));
  else response.setHeader('Content-Length', size);
  response.end(url.searchParams.has('chunked') ? body.subarray(size / 2) : body);
}

const server = http.createServer((request, response) => {
  open += 1;
  quiet = 0;
  answer(request, response)
    .catch((error) => {
      console.error(String(error));
      response.destroy();
    })
    .finally(() => {
      open -= 1;
    });
});
// Behind a proxy it must be the proxy that closes idle connections.
server.keepAliveTimeout = 75_000;

server.on('upgrade', (request, socket) => {
  const key = request.headers['sec-websocket-key'] + '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
  socket.write(
    'HTTP/1.1 101 Switching Protocols\\r\\nConnection: Upgrade\\r\\nUpgrade: websocket\\r\\n' +
      'Sec-WebSocket-Accept: ' + createHash('sha1').update(key).digest('base64') + '\\r\\n' +
      'X-Version: ${version}\\r\\n\\r\\n',
  );
  sockets.add(socket);
  let pending = Buffer.alloc(0);
  socket.on('data', (data) => {
    pending = Buffer.concat([pending, data]);
    // Short texts only: two bytes of header, four of mask, the text.
    while (pending.length >= 6 && pending.length >= 6 + (pending[1] & 127)) {
      const length = pending[1] & 127;
      const text = pending.subarray(6, 6 + length).map((byte, at) => byte ^ pending[2 + (at % 4)]);
      if ((pending[0] & 15) === 8) return socket.end(Buffer.from([0x88, 0]));
      socket.write(Buffer.concat([Buffer.from([0x81, length]), text]));
      pending = pending.subarray(6 + length);
    }
  });
  socket.on('error', () => undefined);
  socket.on('close', () => sockets.delete(socket));
});

server.listen(3000);
process.on('SIGTERM', () => {
  isStopping = true;
  for (const socket of sockets) socket.end(Buffer.from([0x88, 0]));
  // Of http's own, close() cuts idle connections, one of which may bring a request just now.
  Server.prototype.close.call(server, () => process.exit());
  // Looks, not time: between two of them everything that has come in is read.
  setInterval(() => {
    quiet = open === 0 ? quiet + 1 : 0;
    if (quiet > 10) process.exit();
  }, 20);
});
`;
}
