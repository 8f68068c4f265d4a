// Whether a file is text, and in which encoding: by its bytes, whatever it is called.
import { open } from 'node:fs/promises'
import { pictureLimits } from '../protocol/picture-limits.ts'

/** In the order in which they are tried: hardly anything else is valid UTF-8, and hardly anything is not valid GB 18030. */
const encodings = ['utf-8', 'gb18030'] as const
const utf8 = 'text/plain'

/** Trap: the mark at the beginning of UTF-16 is that of a frame of MP3, too. */
export async function utf16TypeOf(path: string, size: number): Promise<string | undefined> {
  const bytes = await beginningOf(path)
  const isMarked = bytes[0] === 0xff && bytes[1] === 0xfe
  return isMarked && isText(bytes, 'utf-16le', size) ? `${utf8}; charset=utf-16le` : undefined
}

/** Its type, with the encoding if that is not UTF-8; undefined: it is not text. */
export async function textTypeOf(path: string, size: number): Promise<string | undefined> {
  const bytes = await beginningOf(path)
  if (bytes.includes(0)) return undefined
  const encoding = encodings.find((name) => isText(bytes, name, size))
  if (encoding === undefined) return undefined
  return encoding === 'utf-8' ? utf8 : `${utf8}; charset=${encoding}`
}

async function beginningOf(path: string): Promise<Buffer> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(pictureLimits.textBytes), 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

/** A character at the end of what was read may be incomplete, if the file goes on. */
function isText(bytes: Buffer, encoding: string, size: number): boolean {
  try {
    const text = new TextDecoder(encoding, { fatal: true }).decode(bytes, { stream: size > bytes.length })
    return !hasControls(text)
  } catch {
    return false
  }
}

/** Colours of a terminal, and form feeds, stand in logs. */
const hasControls = (text: string): boolean =>
  /[\u0000-\u0007\u000e-\u001a\u001c-\u001f\u007f\ufffe]/.test(text)
