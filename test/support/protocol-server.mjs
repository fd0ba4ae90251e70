// A service that speaks every protocol canary passes on, each on its own port. SIDE is the side it reports.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import http2 from 'node:http2';
import https from 'node:https';
import net from 'node:net';

const { SIDE, CERTIFICATE, KEY } = process.env;
const listeners = new Set();

async function answer(request, response) {
  const { pathname, searchParams } = new URL(request.url, 'http://service');
  const json = (facts) => response.end(JSON.stringify({ side: SIDE, ...facts }));
  response.setHeader('X-Side', SIDE);
  switch (pathname) {
    case '/echo':
      return request.pipe(response);
    case '/hash': {
      const hash = createHash('sha256');
      let bytes = 0;
      for await (const chunk of request) {
        hash.update(chunk);
        bytes += chunk.length;
      }
      return json({ bytes, hash: hash.digest('hex'), headers: request.headers });
    }
    case '/bytes': {
      const block = Buffer.alloc(65_536, SIDE);
      for (let left = Number(searchParams.get('count')); left > 0; left -= block.length)
        if (!response.write(block.subarray(0, left)))
          await new Promise((resolve) => response.once('drain', resolve));
      return response.end();
    }
    case '/events':
      response.setHeader('Content-Type', 'text/event-stream');
      listeners.add(response);
      response.on('close', () => listeners.delete(response));
      return response.write('data: hello\n\n');
    case '/tell':
      for (const each of listeners) each.write(`data: ${searchParams.get('what')}\n\n`);
      return json({ listeners: listeners.size });
    case '/assets/index-BX3kd92_.js':
    case '/assets/main.4f3a2b1c.chunk.js':
      // Each side has one of them.
      if ((SIDE === 'canary') === pathname.includes('main')) response.statusCode = 404;
      break;
    case '/kept':
      response.setHeader('Cache-Control', searchParams.get('by'));
      break;
    case '/missing.js':
      if (SIDE === 'canary') response.statusCode = 404;
      break;
    case '/shielded':
      if (SIDE === 'canary') response.statusCode = 500;
  }
  json({
    rawHeaders: request.rawHeaders,
    encrypted: request.socket.encrypted === true,
    told: request.socket.told,
  });
}

/** Echoes the frames of a WebSocket (RFC 6455, 5.2), none longer than 64 KiB. */
function upgrade(request, socket) {
  const key = `${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
  const accept = createHash('sha1').update(key).digest('base64');
  socket.on('error', () => undefined);
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: ${accept}\r\nX-Side: ${SIDE}\r\n\r\n`,
  );
  let buffer = Buffer.alloc(0);
  socket.on('data', (chunk) => {
    buffer = Buffer.concat([buffer, chunk]);
    for (;;) {
      const isLong = (buffer[1] & 0x7f) === 126;
      const head = isLong ? 4 : 2;
      if (buffer.length < head) return;
      const length = isLong ? buffer.readUInt16BE(2) : buffer[1] & 0x7f;
      if (buffer.length < head + 4 + length) return;
      const mask = buffer.subarray(head, head + 4);
      const body = buffer
        .subarray(head + 4, head + 4 + length)
        .map((byte, at) => byte ^ mask[at % 4]);
      socket.write(Buffer.concat([Buffer.from([buffer[0]]), lengthOf(length), body]));
      buffer = buffer.subarray(head + 4 + length);
    }
  });
}

function lengthOf(length) {
  return length < 126 ? Buffer.from([length]) : Buffer.from([126, length >> 8, length & 0xff]);
}

/** Passes a connection on after reading its PROXY header (version 2); one without an address is a check. */
function told(handle) {
  return (socket) => {
    socket.on('error', () => undefined);
    socket.once('data', (chunk) => {
      socket.pause();
      const isLocal = (chunk[12] & 0xf) === 0;
      if (chunk.readUInt32BE(0) !== 0x0d0a0d0a || isLocal) return socket.destroy();
      socket.told = `${chunk.subarray(16, 20).join('.')}:${chunk.readUInt16BE(24)}`;
      socket.unshift(chunk.subarray(16 + chunk.readUInt16BE(14)));
      handle(socket);
      socket.resume();
    });
  };
}

/** Sends its side before the client sends anything, then echoes. */
function speakFirst(socket) {
  socket.on('error', () => undefined);
  socket.write(`${[SIDE, socket.told].filter(Boolean).join(' ')}\n`);
  socket.pipe(socket);
}

/**
 * Answers each request with the head it received, byte by byte, and with as many cookies of 3,900
 * bytes as its path says.
 */
function repeatHead(socket) {
  socket.on('error', () => undefined);
  let received = Buffer.alloc(0);
  socket.on('data', (chunk) => {
    received = Buffer.concat([received, chunk]);
    for (let end = headEnd(received); end > 0; end = headEnd(received)) {
      const head = received.subarray(0, end);
      received = received.subarray(end);
      const count = Number(/^\S+ \S*cookies=(\d+)/.exec(head)?.[1] ?? 0);
      const cookie = `Set-Cookie: ticket=${'x'.repeat(3900)}\r\n`;
      const length = `Content-Length: ${head.length}\r\n`;
      socket.write(`HTTP/1.1 200 OK\r\nX-Side: ${SIDE}\r\n${cookie.repeat(count)}${length}\r\n`);
      socket.write(head);
    }
  });
}

/** Answers a request without a body, and closes its connection some milliseconds later, whatever arrives meanwhile. */
function closeSoon(socket) {
  let received = '';
  let isClosing = false;
  socket.on('error', () => undefined);
  socket.on('data', (chunk) => {
    if (isClosing) return socket.destroy();
    received += chunk;
    if (!received.endsWith('\r\n\r\n')) return;
    received = '';
    socket.write(`HTTP/1.1 200 OK\r\nX-Side: ${SIDE}\r\nContent-Length: 0\r\n\r\n`);
    const close = () => {
      isClosing = true;
      socket.end();
    };
    setTimeout(close, 2 + Math.random() * 4);
  });
}

function headEnd(bytes) {
  const at = bytes.indexOf('\r\n\r\n');
  return at < 0 ? 0 : at + 4;
}

/** A message in a gRPC frame. */
function framed(text) {
  const body = Buffer.from(text);
  const head = Buffer.alloc(5);
  head.writeUInt32BE(body.length, 1);
  return Buffer.concat([head, body]);
}

function call(stream, headers) {
  stream.on('error', () => undefined);
  const type = { ':status': 200, 'content-type': 'application/grpc', 'x-side': SIDE };
  const fail = () => stream.respond({ ...type, 'grpc-status': '14' }, { endStream: true });
  // Before anything of the request is read, as a server may do.
  if (headers[':path'] === '/Echo/Refuse') return fail();
  if (headers[':path'] === '/Echo/Fail') return stream.resume().on('end', fail);
  stream.respond(type, { waitForTrailers: true });
  stream.on('wantTrailers', () =>
    stream.sendTrailers({ 'grpc-status': '0', 'x-address': headers['x-forwarded-for'] ?? '' }),
  );
  stream.on('data', (chunk) => stream.write(framed(`${SIDE} ${chunk.subarray(5)}`)));
  stream.on('end', () => stream.end());
}

const plain = http.createServer(answer).on('upgrade', upgrade).listen(8080);
http.createServer(answer).listen(8087, '0.0.0.0');
http2.createServer().on('stream', call).listen(8081);
net.createServer(speakFirst).listen(8082);
net.createServer(told((socket) => plain.emit('connection', socket))).listen(8084);
net.createServer(told(speakFirst)).listen(8085);
net.createServer(repeatHead).listen(8086);
net.createServer(closeSoon).listen(8088);
// Their queues are full after nine connections.
http.createServer(answer).listen({ port: 8090, backlog: 8 });
net.createServer(speakFirst).listen({ port: 8091, backlog: 8 });
https
  .createServer({ cert: readFileSync(CERTIFICATE), key: readFileSync(KEY) }, answer)
  .listen(8443);
process.on('SIGTERM', () => process.exit());
