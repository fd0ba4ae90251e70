import type { ServerKind } from '../database/kind.ts';
import { mysqlServer } from './mysql/mysql.ts';
import { postgres } from './postgres/postgres.ts';
import type { Server } from './server.ts';

/** Every kind of server that can be rehearsed. */
export const SERVERS: Readonly<Record<ServerKind, Server>> = { postgres, mysql: mysqlServer };
