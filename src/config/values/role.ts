/** What a service does in its stack. */
export const ROLES = [
  'app',
  'stateful',
  'job',
  'worker',
  'scheduler',
  'companion',
  'agent',
] as const;

export type Role = (typeof ROLES)[number];
