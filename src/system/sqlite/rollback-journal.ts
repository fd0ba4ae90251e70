import { open, rm } from '../disk.ts';
import { exists } from '../files.ts';

const MAGIC = 'd9d505f920a163d7';
const HEADER = 28;
const TO_THE_END = 0xffff_ffff;

/**
 * Undoes an unfinished transaction with the rollback journal beside a file, and removes the journal: see
 * <https://sqlite.org/fileformat2.html#the_rollback_journal>. The library would not do it, because it takes its own
 * lock for another's.
 */
export async function rollBack(path: string): Promise<void> {
  const journalPath = `${path}-journal`;
  if (!(await exists(journalPath))) return;
  const journal = await open(journalPath, 'r');
  const database = await open(path, 'r+');
  try {
    const { size } = await journal.stat();
    // Each page that it had is in the file or in the journal.
    const most = (await database.stat()).size + size;
    let at = 0;
    let pages: number | undefined;
    let pageSize = 0;
    let isJournal = false;
    while (at + HEADER <= size) {
      const header = Buffer.alloc(HEADER);
      await journal.read(header, 0, HEADER, at);
      if (header.toString('hex', 0, 8) !== MAGIC) break;
      const [noted, nonce, initial] = [8, 12, 16].map((from) => header.readUInt32BE(from)) as [
        number,
        number,
        number,
      ];
      const sector = header.readUInt32BE(20) || 512;
      // Later headers may leave it out.
      pageSize = header.readUInt32BE(24) || pageSize;
      pages ??= initial;
      // Otherwise it is no journal of SQLite: the database is as it was.
      isJournal = isPageSize(pageSize) && pages * pageSize <= most;
      if (!isJournal) break;
      at += sector;
      const length = pageSize + 8;
      const records = noted === TO_THE_END ? Math.floor((size - at) / length) : noted;
      for (let record = 0; record < records; record += 1, at += length) {
        const bytes = Buffer.alloc(length);
        const { bytesRead } = await journal.read(bytes, 0, length, at);
        const page = bytes.subarray(4, 4 + pageSize);
        const number = bytes.readUInt32BE(0);
        const isWhole = bytesRead === length && number > 0;
        // A record that is incomplete is of a page that is still as it was.
        if (!isWhole || checksum(page, nonce) !== bytes.readUInt32BE(4 + pageSize)) {
          at = size;
          break;
        }
        if (number <= pages) await database.write(page, 0, pageSize, (number - 1) * pageSize);
      }
      at = Math.ceil(at / sector) * sector;
    }
    if (pages !== undefined && isJournal) await database.truncate(pages * pageSize);
  } finally {
    await journal.close();
    await database.close();
  }
  await rm(journalPath);
}

/** A power of two from 512 to 65,536. */
function isPageSize(size: number): boolean {
  return size >= 512 && size <= 65_536 && (size & (size - 1)) === 0;
}

function checksum(page: Buffer, nonce: number): number {
  let sum = nonce;
  for (let at = page.length - 200; at > 0; at -= 200) sum = (sum + (page[at] ?? 0)) >>> 0;
  return sum;
}
