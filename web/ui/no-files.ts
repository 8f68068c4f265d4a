// A file that is dropped or pasted anywhere: Brook takes none, and says so. Without this, a browser would leave the page to
// show the file, or do nothing.
import { useEventListener } from '@vueuse/core'
import { t } from '../words/words.ts'
import { tellRefused } from './notify.ts'

const isFile = (data: DataTransfer | null): boolean => data?.types.includes('Files') ?? false

export function useNoFiles(): void {
  useEventListener(window, 'dragover', (event) => {
    if (isFile(event.dataTransfer)) event.preventDefault()
  })
  useEventListener(window, 'drop', (event) => refuse(event, event.dataTransfer))
  useEventListener(window, 'paste', (event) => {
    // What is copied from a document is words, with a picture of them beside it.
    if (!event.clipboardData?.types.includes('text/plain')) refuse(event, event.clipboardData)
  })
}

function refuse(event: Event, data: DataTransfer | null): void {
  if (!isFile(data)) return
  event.preventDefault()
  tellRefused(t('composer.noFiles'))
}
