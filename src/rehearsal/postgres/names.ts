/** Canary's own schema in a copy: never in the original. */
export const SCHEMA = 'canary_rehearsal';

/** What belongs neither to the server, to an extension nor to canary. */
export const OURS_OUT = (object: string, catalog: string) =>
  `n.nspname !~ '^pg_' and n.nspname not in ('information_schema', '${SCHEMA}')
   and not exists (select from pg_depend d where d.classid = '${catalog}'::regclass and d.objid = ${object}.oid and d.deptype = 'e')`;

/** As users write it. */
export const NAME = (object: string) =>
  `case when n.nspname = 'public' then ${object} else n.nspname || '.' || ${object} end`;
