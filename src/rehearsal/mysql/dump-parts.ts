import type { Naming } from './cursor.ts';

/** A piece of a dump: its names from the outermost to the innermost, what it is in words, its text. */
export interface DumpPart {
  key: readonly string[];
  name: string;
  text: string;
}

const NAME = '`((?:[^`]|``)*)`';
const DATABASE = new RegExp(`^CREATE DATABASE .*?${NAME}`);
const USE = new RegExp(`^USE ${NAME};$`);
const TABLE = new RegExp(`^CREATE TABLE ${NAME} \\($`);
const SEQUENCE = new RegExp(`^CREATE SEQUENCE ${NAME}`);
const VIEW = new RegExp(`\\bVIEW ${NAME} AS `);
const PROGRAM = /\b(TRIGGER|PROCEDURE|FUNCTION|EVENT)\s+(?:`((?:[^`]|``)*)`|([^\s(]+))/i;
const COLUMN = new RegExp(`^  ${NAME} `);
const KEY = new RegExp(`^  (?:CONSTRAINT|(?:UNIQUE |FULLTEXT |SPATIAL )?KEY) ${NAME}`);

/** What a session sets and sets back, and where a sequence stands, which is compared elsewhere. */
const FRAME =
  /@(@|OLD_|saved?_)|^DO SETVAL\(|^\/\*M!999999|^\/\*!\d+ SET (NAMES|TIME_ZONE)|^(\/\*!(40101|50503) )?SET character_set_client = utf8mb4|^\/\*!\d+ DROP (VIEW|EVENT)/;

/** The parts of what the dump program prints without rows and comments. */
export function partsOfDump(text: string, naming: Naming): DumpPart[] {
  const reader = new Reader(naming);
  for (const line of text.split('\n')) reader.read(line);
  return reader.parts;
}

class Reader {
  readonly parts: DumpPart[] = [];
  private readonly naming: Naming;
  private schema = '';
  private table: string | undefined;
  private view: string | undefined;
  /** Lines of what is named later: the settings of a program, and then the program. */
  private pending: string[] = [];
  private isProgram = false;

  constructor(naming: Naming) {
    this.naming = naming;
  }

  read(line: string): void {
    if (this.table !== undefined) this.readTable(this.table, line);
    else if (this.isProgram) this.readProgram(line);
    else if (this.view !== undefined) this.readView(this.view, line);
    else this.readOther(line);
  }

  private readOther(line: string): void {
    const [, database] = DATABASE.exec(line) ?? [];
    const [, used] = USE.exec(line) ?? [];
    const [, table] = TABLE.exec(line) ?? [];
    const [, sequence] = SEQUENCE.exec(line) ?? [];
    const [, view] = VIEW.exec(line) ?? [];
    if (database !== undefined) this.add(['schema', bare(database)], line);
    else if (used !== undefined) this.schema = bare(used);
    else if (table !== undefined) this.beginTable(table);
    else if (sequence !== undefined) this.add(['sequence', this.nameOf(sequence)], line);
    else if (line === 'DELIMITER ;;') this.isProgram = true;
    else if (view !== undefined) {
      this.view = this.nameOf(view);
      this.readView(this.view, line);
    } else if (line !== '' && !FRAME.test(line)) this.pending.push(line);
  }

  /** Nothing before a table is about a program. */
  private beginTable(quoted: string): void {
    this.table = this.nameOf(quoted);
    this.pending = [];
  }

  private readTable(table: string, line: string): void {
    const [, column] = COLUMN.exec(line) ?? [];
    const [, key] = KEY.exec(line) ?? [];
    const text = line.replace(/,$/, '').replace(/ COMMENT '(?:[^'\\]|\\.|'')*'$/, '');
    if (column !== undefined) this.add(['table', table, `column ${bare(column)}`], text);
    else if (key !== undefined) this.add(['table', table, `key ${bare(key)}`], text);
    else if (/^ {2}PRIMARY KEY /.test(line)) this.add(['table', table, 'key PRIMARY'], text);
    else if (/^(\/\*!\d+)? ?\(?PARTITION /.test(line) || /^ PARTITION /.test(line))
      this.add(['table', table, 'partitions'], line);
    else this.add(['table', table, 'options'], withoutPosition(line));
    if (/;$/.test(line)) this.table = undefined;
  }

  private readProgram(line: string): void {
    if (line !== 'DELIMITER ;') {
      this.pending.push(line);
      return;
    }
    const text = this.pending.join('\n');
    const [, kind = 'program', quoted, plain = ''] = PROGRAM.exec(text) ?? [];
    this.add([kind.toLowerCase(), this.nameOf(quoted ?? plain)], text);
    this.pending = [];
    this.isProgram = false;
  }

  private readView(view: string, line: string): void {
    this.pending.push(line);
    if (!/\*\/;$|;$/.test(line)) return;
    this.add(['view', view], this.pending.join('\n'));
    this.pending = [];
    this.view = undefined;
  }

  private nameOf(quoted: string): string {
    return this.naming(this.schema, bare(quoted));
  }

  private add(key: readonly string[], text: string): void {
    this.parts.push({ key, name: key.slice(0, 2).join(' '), text });
  }
}

/** Where a table's numbers stand is compared elsewhere; a comment changes nothing. */
function withoutPosition(line: string): string {
  return line
    .replace(/ AUTO_INCREMENT=\d+/, '')
    .replace(/ COMMENT='(?:[^'\\]|\\.|'')*'/, '')
    .replace(/;$/, '');
}

/** A name without its quoting. */
function bare(quoted: string): string {
  return quoted.replaceAll('``', '`');
}
