// The words of a text file: its first bytes, read as what they are. Chinese files of old are in GB 18030.
import { beginningOf } from '../../wire/files-api.ts'
import { isRefusal, type Refusal } from '../../wire/refusal.ts'

/** A longer text is downloaded instead: a list with taller messages becomes slow. */
const maxBytes = 64 * 1024
const maxLines = 500

export interface Read {
  lines: string[]
  /** There is more of it than this. */
  isCut: boolean
}

export async function readText(id: string, size: number): Promise<Read | Refusal> {
  const bytes = await beginningOf(id, maxBytes)
  if (isRefusal(bytes)) return bytes
  const isCut = size > bytes.length
  const lines = decode(bytes, isCut)
    .replaceAll('\0', '␀')
    .split(/\r\n?|\n/)
  // A file ends with the end of a line; of one that is cut, the last line is not whole.
  if (lines.length > 1 && (isCut || lines.at(-1) === '')) lines.pop()
  return { lines: lines.slice(0, maxLines), isCut: isCut || lines.length > maxLines }
}

/** `isCut`: the last character may be half there. */
export function decode(bytes: Uint8Array, isCut: boolean): string {
  const [a, b] = bytes
  if (a === 0xff && b === 0xfe) return new TextDecoder('utf-16le').decode(bytes)
  if (a === 0xfe && b === 0xff) return new TextDecoder('utf-16be').decode(bytes)
  for (const label of ['utf-8', 'gb18030']) {
    try {
      return new TextDecoder(label, { fatal: true }).decode(bytes, { stream: isCut })
    } catch {
      // It is in another encoding.
    }
  }
  return new TextDecoder().decode(bytes)
}

/** Pieces that the highlighter takes, cut between lines. */
export function piecesOf(lines: readonly string[], maxChars: number): string[] {
  const pieces: string[] = []
  let piece = ''
  for (const line of lines) {
    if (piece !== '' && piece.length + line.length + 1 > maxChars) {
      pieces.push(piece)
      piece = ''
    }
    piece += `${line}\n`
  }
  return piece === '' ? pieces : [...pieces, piece]
}
