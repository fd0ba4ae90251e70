/**
 * A terminal that knows the few codes of the live view, and fails on any other: so nothing else may be used. Lines that
 * leave it at the top are its history. Narrowed, it breaks long lines in two, as most terminals do.
 */
export class TinyTerminal {
  columns: number;
  rows: number;
  isCursorShown = true;
  /** Whether what was written is not to be shown yet. */
  isHeldBack = false;
  readonly history: string[] = [];
  private lines: string[] = [''];
  private row = 0;
  private column = 0;
  private isPending = false;

  constructor(columns: number, rows: number) {
    this.columns = columns;
    this.rows = rows;
  }

  /** What is seen, without empty lines at the end. */
  get screen(): string {
    return this.lines.join('\n').trimEnd();
  }

  get cursorRow(): number {
    return this.row;
  }

  write(text: string): void {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what a terminal obeys.
    for (const [token] of text.matchAll(/\u001b\[[?\d;]*[A-Za-z]|[^\u001b]/gsu)) {
      if (token.startsWith('\u001b')) this.obey(token.slice(2));
      else if (token === '\n') this.lineFeed();
      else if (token === '\r') this.toColumn(0);
      else this.put(token);
    }
  }

  /** Another width: long lines break, and the cursor stays in its text. */
  narrow(columns: number): void {
    const before = this.lines.slice(0, this.row);
    const broken = (line: string) => line.match(new RegExp(`.{1,${columns}}`, 'gu')) ?? [''];
    this.row = before.flatMap(broken).length;
    this.lines = this.lines.flatMap(broken);
    this.columns = columns;
    this.scroll();
  }

  private obey(code: string): void {
    // After the last column the cursor is still on it, and clearing takes its sign away.
    if (code === 'K')
      this.lines[this.row] = this.text().slice(0, this.column - Number(this.isPending));
    else if (code === 'J') {
      this.lines[this.row] = this.text().slice(0, this.column);
      this.lines.length = this.row + 1;
    } else if (/^\d+A$/.test(code)) this.row = Math.max(0, this.row - Number.parseInt(code, 10));
    else if (code === '?25l' || code === '?25h') this.isCursorShown = code.endsWith('h');
    else if (code === '?2026h' || code === '?2026l') this.isHeldBack = code.endsWith('h');
    else if (!/^\d+m$/.test(code)) throw new Error(`The terminal does not know ${code}`);
  }

  private put(sign: string): void {
    if (this.isPending) throw new Error(`A line is longer than ${this.columns} places`);
    const text = this.text().padEnd(this.column);
    this.lines[this.row] = text.slice(0, this.column) + sign + text.slice(this.column + 1);
    this.column += 1;
    this.isPending = this.column >= this.columns;
  }

  private lineFeed(): void {
    this.row += 1;
    this.lines[this.row] ??= '';
    this.toColumn(0);
    this.scroll();
  }

  private scroll(): void {
    while (this.lines.length > this.rows) {
      this.history.push(this.lines.shift() ?? '');
      this.row -= 1;
    }
  }

  private toColumn(column: number): void {
    this.column = column;
    this.isPending = false;
  }

  private text(): string {
    return this.lines[this.row] ?? '';
  }
}
