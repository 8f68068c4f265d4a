// The files of imported messages: brought as uploads of their authors, or named at the end of the text where that cannot be.
import { broughtBefore, type Bringing } from '../files/bringing.ts'
import type { Db } from '../db.ts'
import { fileLimits } from '../protocol/file-limits.ts'
import type { FileRef } from '../protocol/files.ts'
import { importedFileCid } from './cid.ts'
import type { Refuse, SourceFile, SourceMessage } from './source.ts'

export interface FileCounts {
  files: number
}

export interface ImportedFilesDeps {
  db: Db
  /** Undefined: a dry run, which brings nothing. */
  bringing: Bringing | undefined
  source: string
  /** The room's id here, and its ref there. */
  room: string
  ref: string
  counts: FileCounts
  refuse: Refuse
}

const onlyNamed = 'only the name and the link of a file are imported'

/** A message of somebody here. */
interface Of {
  message: SourceMessage
  user: { id: string }
  cid: string
}

export class ImportedFiles {
  readonly #deps: ImportedFilesDeps

  constructor(deps: ImportedFilesDeps) {
    this.#deps = deps
  }

  /** What a new message says, and what it holds. */
  async take({ message, user, cid }: Of, signal: AbortSignal): Promise<{ text: string; files: FileRef[] }> {
    const { bringing, room, counts, refuse } = this.#deps
    const { files = [], place } = message
    const wanted = files.filter(({ bytes }) => bytes !== undefined).slice(0, fileLimits.perMessage)
    const incoming = wanted.map((file) => ({
      cid: this.#cidOf(message, file),
      name: file.name,
      ...(file.told === undefined ? {} : { told: file.told }),
      ...(file.alt === undefined ? {} : { alt: file.alt }),
      bytes: async (stop: AbortSignal) => (await file.bytes?.(stop)) ?? 'its bytes are not there',
    }))
    const brought =
      bringing === undefined || wanted.length === 0
        ? []
        : await bringing.bring({ user: user.id, room, cid }, incoming, signal)
    const here = new Map<SourceFile, FileRef>()
    for (const [index, file] of wanted.entries()) {
      const got = brought[index]
      if (typeof got === 'object') here.set(file, got)
      else if (got !== undefined) refuse({ place: `${place}: ${file.name}`, why: got, expected: false })
    }
    for (const file of files)
      if (file.bytes === undefined)
        refuse({
          place: `${place}: ${file.name}`,
          why: onlyNamed,
          expected: true,
        })
      else if (!wanted.includes(file))
        refuse({
          place: `${place}: ${file.name}`,
          why: `a message has at most ${fileLimits.perMessage} files`,
          expected: false,
        })
    counts.files += bringing === undefined ? wanted.length : here.size
    return { text: textWith(message, (file) => here.has(file)), files: [...here.values()] }
  }

  /** What a message that is here already says, as it was imported. */
  async textOf({ message, user }: Of): Promise<string> {
    const { files = [] } = message
    if (files.length === 0) return message.text
    const cids = new Map(files.map((file) => [file, this.#cidOf(message, file)]))
    const before = await broughtBefore(this.#deps.db, user.id, [...cids.values()])
    for (const [file, cid] of cids)
      if (!before.has(cid))
        this.#deps.refuse({
          place: `${message.place}: ${file.name}`,
          why: file.bytes === undefined ? onlyNamed : 'its message is here already, without it',
          expected: true,
        })
    return textWith(message, (file) => before.has(cids.get(file) ?? ''))
  }

  #cidOf({ ref, at }: SourceMessage, file: SourceFile): string {
    return importedFileCid({
      source: this.#deps.source,
      room: this.#deps.ref,
      message: ref,
      at,
      file: file.ref,
    })
  }
}

function textWith({ text, files = [] }: SourceMessage, isHere: (file: SourceFile) => boolean): string {
  return [text, ...files.flatMap((file) => (isHere(file) ? [] : file.instead))]
    .filter((part) => part !== '')
    .join('\n')
}
