/**
 * Line ends of patches. Windows programs, mail programs and browsers give every line a carriage return, or take those of
 * a file away; git then finds no line that it knows. Texts are in Latin-1, one letter a byte, so that none is lost.
 */
export type LineEnd = 'lf' | 'crlf';

/** By path in the repository, how the lines of a file end. */
export type LineEnds = ReadonlyMap<string, LineEnd>;

/** A patch as git writes it, whatever a program did to the whole file: UTF-16, a mark at its start, CRLF everywhere. */
export function asGitWrites(bytes: Uint8Array): string {
  const text = withoutMark(Buffer.from(bytes));
  return /^(diff --git|---|\+\+\+|@@) .*\r$/m.test(text) ? text.replaceAll('\r\n', '\n') : text;
}

/** PowerShell writes UTF-16. */
function withoutMark(bytes: Buffer): string {
  const isWide = bytes[0] === 0xff && bytes[1] === 0xfe;
  const narrow = isWide ? Buffer.from(bytes.toString('utf16le'), 'utf8') : bytes;
  return narrow.toString('latin1').replace(/^ï»¿/, '');
}

/** How most lines of a file end; nothing for one without any. */
export function lineEndOf(content: string): LineEnd | undefined {
  const all = content.split('\n').length - 1;
  const withReturn = content.split('\r\n').length - 1;
  return all === 0 ? undefined : withReturn > all / 2 ? 'crlf' : 'lf';
}

/** The files that a patch changes, as they were called before. */
export function patchedPaths(patch: string): string[] {
  return [...new Set(partsOf(patch).flatMap(({ path }) => path ?? []))];
}

/** The patch with the line ends of the files that it changes. */
export function withLineEnds(patch: string, ends: LineEnds): string {
  return partsOf(patch)
    .map(({ lines, path, isHunk }) => {
      const end = path === undefined ? undefined : ends.get(path);
      if (!isHunk || end === undefined) return lines.join('\n');
      const plain = lines.map((line) => line.replace(/\r$/, ''));
      const [head = '', ...changes] = plain;
      if (end === 'lf') return [head, ...changes].join('\n');
      return [head, ...changes.map((line) => (line.startsWith('\\') ? line : `${line}\r`))].join(
        '\n',
      );
    })
    .join('\n');
}

interface Part {
  lines: string[];
  path: string | undefined;
  /** A hunk with its head; else what is between hunks. */
  isHunk: boolean;
}

const HEAD = /^@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@/;

/** Hunks, whose heads say how many lines they have, and what is between them. */
function partsOf(patch: string): Part[] {
  const parts: Part[] = [];
  let path: string | undefined;
  let left = { old: 0, new: 0 };
  for (const line of patch.split('\n')) {
    const last = parts.at(-1);
    const isInHunk =
      last?.isHunk === true && (left.old > 0 || left.new > 0 || line.startsWith('\\'));
    if (isInHunk) {
      last.lines.push(line);
      if (!/^[+\\]/.test(line)) left.old -= 1;
      if (!/^[-\\]/.test(line)) left.new -= 1;
      continue;
    }
    const head = HEAD.exec(line);
    if (head) left = { old: Number(head[1] ?? 1), new: Number(head[2] ?? 1) };
    path = /^diff --git /.test(line)
      ? undefined
      : (/^--- [^/]+\/([^\t\r]+)/.exec(line)?.[1] ?? path);
    if (head || !last || last.isHunk) parts.push({ lines: [line], path, isHunk: head !== null });
    else last.lines.push(line);
  }
  return parts;
}
