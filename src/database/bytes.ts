const UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB'];

/** A size in readable form, such as `1.2 GB` (units of 1000). */
export function formatBytes(bytes: number): string {
  let [value, unit] = [bytes, 0];
  while (value >= 1000 && unit < UNITS.length - 1) [value, unit] = [value / 1000, unit + 1];
  const digits = unit > 1 && value < 10 ? 1 : 0;
  return `${value.toFixed(digits)} ${UNITS[unit]}`;
}
