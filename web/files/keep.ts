// What a reader takes along of a message: its files as downloads, its picture on the clipboard.
import type { FileRef } from '../../server/protocol/files.ts'
import { previewWidths } from '../../server/protocol/picture-limits.ts'
import { tellDone, tellRefused } from '../ui/notify.ts'
import { contentAddress, previewAddress } from '../wire/files-api.ts'
import { t } from '../words/words.ts'

/** Browsers ask once whether several files may be saved, and drop those that come in the same moment. */
const pauseMs = 400

export function saveFiles(files: readonly Pick<FileRef, 'id' | 'name'>[]): void {
  for (const [at, { id, name }] of files.entries())
    setTimeout(() => {
      const link = document.createElement('a')
      link.href = contentAddress(id, true)
      link.download = name
      link.click()
    }, at * pauseMs)
}

/** Browsers take pictures only over HTTPS, and only as PNG. */
export const mayCopyPicture = (files: readonly FileRef[] | undefined): boolean =>
  files?.length === 1 && files[0]?.kind === 'image' && typeof ClipboardItem === 'function'

export async function copyPicture({ id }: Pick<FileRef, 'id'>): Promise<void> {
  try {
    // Trap: Safari takes only what is promised at once.
    await navigator.clipboard.write([new ClipboardItem({ 'image/png': asPng(id) })])
    tellDone(t('showing.pictureCopied'))
  } catch {
    tellRefused(t('showing.notCopied'))
  }
}

async function asPng(id: string): Promise<Blob> {
  const picture = new Image()
  picture.src = previewAddress(id, previewWidths.screen)
  await picture.decode()
  const canvas = document.createElement('canvas')
  canvas.width = picture.naturalWidth
  canvas.height = picture.naturalHeight
  canvas.getContext('2d')?.drawImage(picture, 0, 0)
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob === null ? reject(new Error('no picture')) : resolve(blob)), 'image/png')
  })
}
