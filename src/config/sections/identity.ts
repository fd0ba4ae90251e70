import { z } from 'zod';
import { IDENTITY_PLACE } from '../values/identity-place.ts';
import { refuse } from '../values/values.ts';

const FORMS = 'is not `header:NAME`, `cookie:NAME`, `query:NAME`, `jwt:CLAIM` or `source`';

/** Where a request contains the identity of its user. */
export type Identity =
  | { from: 'header' | 'cookie' | 'query' | 'jwt'; name: string }
  | { from: 'source' };

const place = z
  .string()
  .regex(IDENTITY_PLACE, FORMS)
  .transform((text): Identity => {
    if (text === 'source') return { from: 'source' };
    const [from, name = ''] = text.split(':');
    return { from: from as Exclude<Identity['from'], 'source'>, name };
  });

/** The places, in the order in which they are searched. */
export const identity = z.array(place).superRefine((places, context) => {
  const source = places.findIndex(({ from }) => from === 'source');
  if (source < 0 || source === places.length - 1) return;
  const text = 'hides every place after it: each request has an address, so `source` comes last';
  refuse(context, text, [source]);
});
