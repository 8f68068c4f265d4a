// A backup as it is read: opened as often as it is wanted, and looked through before anything is believed.
import { BackupError } from './backup-error.ts'
import { keyOf, type FileKey } from './crypt.ts'
import { rowOf, unpack, type End, type Head, type Line, type Row, type Section } from './format.ts'
import type { Place } from './place.ts'

export class Backup {
  readonly place: Place
  readonly name: string
  readonly head: Head
  readonly #key: FileKey

  private constructor(place: Place, name: string, key: FileKey, head: Head) {
    this.place = place
    this.name = name
    this.head = head
    this.#key = key
  }

  /** @throws BackupError if the passphrase is wrong, or it is no backup that this Brook can read */
  static async open(place: Place, name: string, passphrase: string): Promise<Backup> {
    const key = await keyOf(await place.read(name), { passphrase }, name)
    for await (const line of unpack(() => place.read(name), key, name))
      if ('head' in line) return new Backup(place, name, key, line.head)
      else break
    throw new BackupError(`${name} is not a backup of Brook, or its beginning is damaged.`)
  }

  lines(): AsyncGenerator<Line> {
    return unpack(() => this.place.read(this.name), this.#key, this.name)
  }

  /** The rows of the sections that are wanted; reading ends with the last section before the tables, unless tables are wanted. */
  async *rows(wanted: Section['section']): AsyncGenerator<{ section: Section; row: Row }> {
    let section: Section | undefined
    for await (const line of this.lines()) {
      if ('section' in line) section = line.section
      if (section?.section === 'table' && wanted !== 'table') return
      if ('row' in line && section?.section === wanted) yield { section, row: rowOf(line.row) }
    }
  }

  /**
   * Reads all of it: every tag is right, and nothing is missing. @throws BackupError
   */
  async verify(onProgress: (rows: number) => void = () => undefined): Promise<End> {
    const found: Pick<End, 'rows' | 'entries' | 'files'> = { rows: {}, entries: 0, files: 0 }
    let section: Section | undefined
    let end: End | undefined
    let all = 0
    for await (const line of this.lines()) {
      if ('section' in line) {
        section = line.section
        if (section.section === 'table') found.rows[section.name] = 0
      } else if ('row' in line && section !== undefined) {
        if (section.section === 'table') found.rows[section.name] = (found.rows[section.name] ?? 0) + 1
        else if (section.section === 'log') found.entries += 1
        else if (section.section === 'files') found.files += 1
        all += 1
        if (all % 10_000 === 0) onProgress(all)
      } else if ('end' in line) end = line.end
    }
    // After the last line, for the last tag comes after it.
    if (end !== undefined) {
      const { rows, entries, files } = end
      if (JSON.stringify({ rows, entries, files }) === JSON.stringify(found)) return end
    }
    throw new BackupError(`${this.name} does not have as many rows as it says: it cannot be trusted.`)
  }
}
