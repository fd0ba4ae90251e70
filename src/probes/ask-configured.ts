import { printable } from '../analysis/shape/printable.ts';
import { fillVariables } from '../config/values/environment.ts';
import { hideValues } from '../config/values/hide-values.ts';
import { fillPlaces } from '../config/values/placeholders.ts';
import { messageOf } from '../errors.ts';
import type { ReleaseRun } from '../project/run.ts';
import type { HttpAnswer } from '../system/http.ts';
import { placeholderValues } from './release-facts.ts';

/** A request as configured in canary.yaml, before variables and placeholders are filled in. */
interface ConfiguredRequest {
  url: string;
  headers: Readonly<Record<string, string>>;
  method?: string;
  /** Sent as it is. */
  body?: string | undefined;
  timeout: number;
  /** The service that placeholders stand for. */
  service?: string | undefined;
  /** Further query parameters of the URL. */
  parameters?: Readonly<Record<string, string>>;
}

/** A response, and a function that hides the values of variables in messages about it; or the problem. */
type Asked = { answer: HttpAnswer; hide: (text: string) => string } | { problem: string };

const LIMIT_BYTES = 4_000_000;

/** Asks one of the user's servers. Rejects only when the signal aborts. */
export async function askConfigured(
  run: ReleaseRun,
  request: ConfiguredRequest,
  signal: AbortSignal | undefined,
): Promise<Asked> {
  const { context } = run;
  const { method = 'GET', body, timeout, parameters = {} } = request;
  const places = placeholderValues(run, request.service);
  const place = fillPlaces(request.url, places, encodeURIComponent);
  const address = fillVariables(place, context.env);
  if ('missing' in address) return notSet(address.missing);
  const headers: Record<string, string> = {};
  const values = { ...address.values };
  for (const [name, text] of Object.entries(request.headers)) {
    const header = fillVariables(text, context.env);
    if ('missing' in header) return notSet(header.missing);
    headers[name] = header.text;
    Object.assign(values, header.values);
  }
  const hide = (text: string) => hideValues(text, values);
  try {
    const url = new URL(address.text);
    for (const [name, text] of Object.entries(parameters))
      url.searchParams.set(name, fillPlaces(text, places));
    const answer = await context.http(
      { url: url.href, method, headers, body, timeout, limit: LIMIT_BYTES },
      signal,
    );
    return { answer, hide };
  } catch (error) {
    signal?.throwIfAborted();
    return { problem: hide(printable(messageOf(error))) };
  }
}

export function isGood({ status }: HttpAnswer): boolean {
  return status >= 200 && status < 300;
}

function notSet(name: string): { problem: string } {
  return { problem: `${name} is not set in the environment` };
}
