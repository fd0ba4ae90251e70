/** The signs by which a CI service folds lines of a log and shows problems beside the code. */
export interface CiMarks {
  /** Begins a part that can be folded; `now`: milliseconds. */
  open(title: string, id: string, now: number): string;
  close(id: string, now: number): string;
  /** A problem that is shown outside of the log too; `undefined` where there is no such thing. */
  annotate(kind: 'error' | 'warning', title: string, text: string): string | undefined;
  /** Text from outside as a line in which the service finds no command. */
  harmless(line: string): string;
}

const ESC = '\u001b';

/** GitHub: documented under "Workflow commands for GitHub Actions". */
const GITHUB: CiMarks = {
  open: (title) => `::group::${data(title)}`,
  close: () => '::endgroup::',
  annotate: (kind, title, text) => `::${kind} title=${property(title)}::${data(text)}`,
  // A command begins a line, after spaces too. The older form is never in what is printed.
  harmless: (line) => line.replace(/^(\s*):(?=:)/, '$1: '),
};

/** GitLab: documented under "Custom collapsible sections". A section needs codes that no text from outside keeps. */
const GITLAB: CiMarks = {
  open: (title, id, now) =>
    `${ESC}[0Ksection_start:${Math.floor(now / 1000)}:${id}[collapsed=true]\r${ESC}[0K${title}`,
  close: (id, now) => `${ESC}[0Ksection_end:${Math.floor(now / 1000)}:${id}\r${ESC}[0K`,
  annotate: () => undefined,
  harmless: (line) => line,
};

/** The marks of the service that runs this; `undefined` without one, or for one that has none. */
export function ciMarks(env: Readonly<Record<string, string | undefined>>): CiMarks | undefined {
  if (env.GITHUB_ACTIONS === 'true') return GITHUB;
  return env.GITLAB_CI === 'true' ? GITLAB : undefined;
}

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
