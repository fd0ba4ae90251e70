/** The settings of an image that containers take from it (OCI Image Specification, "config"). */
export interface ImageSettings {
  Entrypoint?: readonly string[] | null;
  Cmd?: readonly string[] | null;
  User?: string;
  WorkingDir?: string;
  StopSignal?: string;
  ExposedPorts?: Readonly<Record<string, unknown>> | null;
  Volumes?: Readonly<Record<string, unknown>> | null;
  Healthcheck?: unknown;
  /** What it is built for, such as `linux/arm64/v8`; beside the others in the image. */
  platform?: string;
}

/** In what an image differs from the stable's that a person should know before it has users, the ends of sentences. */
export function settingsChanged(stable: ImageSettings, canary: ImageSettings): string[] {
  const sets = (key: 'ExposedPorts' | 'Volumes') => ({
    gone: missingIn(stable[key], canary[key]),
    added: missingIn(canary[key], stable[key]),
  });
  const [ports, volumes] = [sets('ExposedPorts'), sets('Volumes')];
  const values = [
    ['another platform', stable.platform, canary.platform],
    ['another entrypoint', stable.Entrypoint, canary.Entrypoint],
    ['another command', stable.Cmd, canary.Cmd],
    ['another user', stable.User || 'root', canary.User || 'root'],
    ['another working directory', stable.WorkingDir || '/', canary.WorkingDir || '/'],
    ['another stop signal', stable.StopSignal ?? '', canary.StopSignal ?? ''],
    ['another health check', stable.Healthcheck, canary.Healthcheck],
  ] as const;
  return [
    ...values.flatMap(([what, before, after]) => {
      if (JSON.stringify(before ?? null) === JSON.stringify(after ?? null)) return [];
      return isPlain(before) && isPlain(after) ? `${what}: ${after}, not ${before}` : what;
    }),
    ...ports.gone.map((port) => `no port ${port} any more`),
    ...ports.added.map((port) => `the new port ${port}`),
    ...volumes.gone.map((path) => `no volume at ${path} any more`),
    ...volumes.added.map((path) => `a new volume at ${path}, which begins empty`),
  ];
}

function isPlain(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function missingIn(
  from: Readonly<Record<string, unknown>> | null | undefined,
  other: Readonly<Record<string, unknown>> | null | undefined,
): string[] {
  return Object.keys(from ?? {}).filter((key) => !Object.hasOwn(other ?? {}, key));
}
