import type { DatabaseConfig } from '../config/database.ts';
import type { Exception } from '../config/exception.ts';

/** What a person lets pass, and how much is copied. */
export interface Agreement {
  exceptions: readonly Exception[];
  data: DatabaseConfig['data'];
}
