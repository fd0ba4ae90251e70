/** Commands for the admin socket that close every port of a proxy without ending it, and open them again. */
export function pauseCommands(configuration: string): { close: string; open: string } {
  const names = configuration
    .split('\n')
    .flatMap((line) => /^frontend (\S+)/.exec(line)?.[1] ?? []);
  const each = (verb: string) => names.map((name) => `${verb} frontend ${name}`).join(';');
  return { close: each('disable'), open: each('enable') };
}
