// Bytes of files that lie beside the messages: in the export, where tools put them under `__uploads/<id>/`, or in a folder.
import { openArchive, type Archive } from './archive.ts'
import { isRef, type SlackBytes } from './message.ts'

const packed = /^__uploads\/([A-Za-z0-9_]{1,80})\/[^/]+$/

/** In an export, without its prefix. */
export const isPackedFile = (place: string): boolean => packed.test(place)

export function packedFiles(archive: Archive, prefix: string): SlackBytes {
  const names = new Map<string, string>()
  for (const { name } of archive.files()) {
    const [, id] = name.startsWith(prefix) ? (packed.exec(name.slice(prefix.length)) ?? []) : []
    if (id !== undefined) names.set(id, name)
  }
  return ({ id }) => {
    const name = typeof id === 'string' ? names.get(id) : undefined
    return name === undefined ? undefined : () => archive.read(name)
  }
}

/** The id of a file, as a part of its path: `F024BERPE-plan.pdf`, `F024BERPE/plan.pdf`, `uploads/F024BERPE_plan.pdf`. */
const withId = /(?:^|[/_-])(F[A-Z0-9]{7,20})(?=[/._-]|$)/g

/** Files in a folder, named with their ids. @throws ImportError if it is none */
export async function folderFiles(folder: string): Promise<SlackBytes> {
  const archive = await openArchive(folder)
  const names = new Map<string, string>()
  for (const { name } of archive.files())
    for (const [, id = ''] of name.matchAll(withId)) if (!names.has(id)) names.set(id, name)
  return ({ id }) => {
    const name = isRef(id) ? names.get(id) : undefined
    return async () => (name === undefined ? `${folder} has no file ${String(id)}` : archive.read(name))
  }
}
