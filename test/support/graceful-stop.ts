/**
 * The end of the program text of a server in a container, whose HTTP server is `server`. On SIGTERM it accepts no new
 * connection, closes those in use after their response, and exits once clients have closed the idle ones, because each
 * of them may bring another request.
 */
export const STOPS_GRACEFULLY = `
import { Server as Listener } from 'node:net';
const open = new Set();
let isStopping = false;
server.prependListener('request', (_, response) => {
  open.add(response);
  response.shouldKeepAlive &&= !isStopping;
  response.on('close', () => open.delete(response));
});
process.on('SIGTERM', () => {
  isStopping = true;
  for (const response of open) response.shouldKeepAlive = false;
  // Of http's own, close() cuts idle connections, one of which may bring a request just now.
  Listener.prototype.close.call(server, () => process.exit());
});
`;
