// The lines of a file, one at a time.
import type { Readable } from 'node:stream'
import { createInterface } from 'node:readline'
import { ImportError } from '../source.ts'

export interface Line {
  /** From 1. */
  number: number
  /** Undefined if it is not JSON. */
  raw: unknown
  /** How much of the file is read with it, in characters. */
  read: number
}

export interface LinesFile {
  /** As it is named in errors. */
  name: string
  open: () => Promise<Readable>
}

/** @throws ImportError if the file cannot be read */
export async function* linesOf({ name, open }: LinesFile): AsyncGenerator<Line> {
  let [number, read] = [0, 0]
  try {
    for await (const text of createInterface({ input: await open(), crlfDelay: Infinity })) {
      number += 1
      read += text.length + 1
      if (text.trim() !== '') yield { number, raw: parsed(text), read }
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    throw code === undefined
      ? error
      : new ImportError(`${name}: ${code === 'ENOENT' ? 'there is no such file' : message}`)
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
