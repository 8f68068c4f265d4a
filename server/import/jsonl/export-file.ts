// What brook export has written: lines alone, or a zip (or its folder) with the lines and the files that they name.
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { openArchive, type Archive } from '../slack/archive.ts'
import { ImportError } from '../source.ts'
import type { BytesOf } from '../brook/message.ts'
import type { LinesFile } from './lines.ts'

export interface ExportFile extends LinesFile {
  bytesOf: BytesOf
  close: () => void
}

/** @throws ImportError if it is neither */
export async function openExport(path: string): Promise<ExportFile> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw new ImportError(`${path}: ${error.code === 'ENOENT' ? 'there is no such file' : error.message}`)
  })
  if (!found.isDirectory() && !/\.zip$/i.test(path))
    return {
      name: path,
      open: async () => createReadStream(path),
      bytesOf: () => undefined,
      close: () => undefined,
    }
  const archive = await openArchive(path)
  const lines = archive.files().filter(({ name }) => /^[^/]+\.jsonl$/.test(name))
  const [only] = lines
  if (only === undefined || lines.length > 1) {
    archive.close()
    throw new ImportError(`${path} is not an export with files: it has ${lines.length} files of JSON lines`)
  }
  return {
    name: path,
    open: () => archive.read(only.name),
    bytesOf: bytesIn(archive),
    close: () => archive.close(),
  }
}

/** Where bundledName has put them. */
function bytesIn(archive: Archive): BytesOf {
  const names = new Map<string, string>()
  for (const { name } of archive.files()) {
    const [, id] = /^files\/([1-9]\d*)-/.exec(name) ?? []
    if (id !== undefined) names.set(id, name)
  }
  return ({ id }) => {
    const name = names.get(id)
    return async () => (name === undefined ? 'the export does not have it' : archive.read(name))
  }
}
