/**
 * The end of the text of a server in a container, whose HTTP server is `server`: once it is told to stop it takes no new
 * connection, ends those that are used, and goes when the others have let go of the rest: any of them may bring a request.
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
