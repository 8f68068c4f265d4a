// What a file is, by its bytes. Its name says nothing that is believed.
import { fileTypeFromFile } from 'file-type'
import { open } from 'node:fs/promises'
import type { Refusal } from '../../protocol/errors.ts'
import type { FileKind, FileRef } from '../../protocol/files.ts'

export interface Inspected {
  path: string
  size: number
  name: string
}

export type Inspection = Pick<FileRef, 'type' | 'kind' | 'width' | 'height' | 'thumb' | 'animated'>

/** Bytes at the beginning by which a text is told from other bytes. */
const headBytes = 64 * 1024

export async function inspect({ path }: Inspected): Promise<Inspection | Refusal> {
  const found = await fileTypeFromFile(path)
  if (found === undefined)
    return (await isText(path))
      ? { type: 'text/plain', kind: 'text' }
      : { type: 'application/octet-stream', kind: 'other' }
  return { type: found.mime, kind: kindOf(found.mime) }
}

function kindOf(mime: string): FileKind {
  if (mime === 'application/pdf') return 'pdf'
  const [family] = mime.split('/')
  return family === 'image' || family === 'video' || family === 'audio' ? family : 'other'
}

/** UTF-8 without control characters. */
async function isText(path: string): Promise<boolean> {
  const file = await open(path, 'r')
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(headBytes), 0, headBytes, 0)
    const head = buffer.subarray(0, bytesRead)
    // A character may be cut at the end.
    const text = new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true })
    return !/[\0-\x08\x0E-\x1A\x1C-\x1F]/.test(text)
  } catch (error) {
    if (error instanceof TypeError) return false
    throw error
  } finally {
    await file.close()
  }
}
