import type { ServerKind } from '../database/kind.ts';
import { mysqlServer } from './mysql/mysql.ts';
import { postgres } from './postgres/postgres.ts';
import type { Server } from './server.ts';

/** Every kind of server that can be rehearsed; the next kind is one more. */
export const SERVERS: Readonly<Record<ServerKind, { name: string; server: Server }>> = {
  postgres: { name: 'PostgreSQL', server: postgres },
  mysql: { name: 'MySQL or MariaDB', server: mysqlServer },
};
