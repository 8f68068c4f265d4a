// What the browser gives when something is dropped, pasted or chosen: files, and folders, which cannot be taken.

/** A folder that was dropped. */
export interface FolderFound {
  folder: string
}

export const isFolder = (given: File | FolderFound): given is FolderFound => 'folder' in given

export const hasFiles = (data: DataTransfer | null): boolean => data?.types.includes('Files') ?? false

/** Must be called while the event is handled: afterwards the browser has forgotten it. */
export function filesOf(data: DataTransfer): (File | FolderFound)[] {
  const items = [...data.items].filter(({ kind }) => kind === 'file')
  return items.flatMap((item): (File | FolderFound)[] => {
    const entry = item.webkitGetAsEntry()
    if (entry?.isDirectory === true) return [{ folder: entry.name }]
    const file = item.getAsFile()
    return file === null ? [] : [file]
  })
}

/**
 * The files that are pasted. What is copied from a document is words, with a picture of them beside it; where files are
 * copied as such, the words are their names.
 */
export function pastedFiles(data: DataTransfer | null): (File | FolderFound)[] {
  if (data === null || !hasFiles(data)) return []
  const lines = data.getData('text/plain').trim().split(/\r?\n/)
  const given = filesOf(data)
  const isNamed = given.some((one) => lines.includes(isFolder(one) ? one.folder : one.name))
  return lines.join('') === '' || isNamed ? given : []
}
