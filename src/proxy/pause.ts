/**
 * Commands for the admin socket that close every port of a proxy without ending it, and open them again. Sockets by
 * which it reaches itself stay open: HAProxy does not always get one back.
 */
export function pauseCommands(configuration: string): { close: string; open: string } {
  const names = configuration.split('\n\n').flatMap((section) => {
    const name = /^frontend (\S+)/.exec(section)?.[1];
    return name && /^ {2}bind :/m.test(section) ? [name] : [];
  });
  const each = (verb: string) => names.map((name) => `${verb} frontend ${name}`).join(';');
  return { close: each('disable'), open: each('enable') };
}
