import type { ServerKind } from '../database/kind.ts';
import { mysql } from './mysql/mysql.ts';
import { postgres } from './postgres/postgres.ts';
import type { Server } from './server-kind.ts';

/** Every kind of server that can be rehearsed. */
export const SERVER_KINDS: Readonly<Record<ServerKind, Server>> = { postgres, mysql };
