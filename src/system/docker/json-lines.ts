/** What a line says as a JSON object; `undefined` if it is none: an older Compose prints words. */
export function parsedObject(line: string): Readonly<Record<string, unknown>> | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
