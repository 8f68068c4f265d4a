// Files in a browser: how somebody gives them to a conversation, and what becomes of them.
import type { Locator } from 'playwright-core'
import sharp from 'sharp'
import type { FileRef } from '../../server/protocol/files.ts'
import { fill } from './browser-page.ts'
import type { Visitor } from './browser-visitor.ts'
import type { Person } from './person.ts'

export interface Given {
  name: string
  type: string
  bytes: Buffer
}

/** A picture of one colour. */
export async function pictureOf(
  name: string,
  { colour = '#3a7', width = 400, height = 300 } = {},
): Promise<Given> {
  const create = { width, height, channels: 3, background: colour } as const
  return { name, type: 'image/png', bytes: await sharp({ create }).png().toBuffer() }
}

export const textOf = (name: string, text: string): Given => ({
  name,
  type: 'text/plain',
  bytes: Buffer.from(text),
})

type How = 'paste' | 'drop' | 'dragover'

/** Gives files where `at` is: true if the browser was kept from doing with them what it likes. */
export const gives = (
  { page }: Visitor,
  how: How,
  files: readonly Given[],
  { at = '#composer', words = '' } = {},
): Promise<boolean> =>
  page.evaluate(
    ({ how, files, at, words }) => {
      const data = new DataTransfer()
      if (words !== '') data.setData('text/plain', words)
      for (const { name, type, base64 } of files) {
        const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))
        data.items.add(new File([bytes], name, { type }))
      }
      const more = { bubbles: true, cancelable: true }
      const event =
        how === 'paste'
          ? new ClipboardEvent(how, { clipboardData: data, ...more })
          : new DragEvent(how, { dataTransfer: data, ...more })
      document.querySelector(at)?.dispatchEvent(event)
      return event.defaultPrevented
    },
    {
      how,
      at,
      words,
      files: files.map(({ name, type, bytes }) => ({ name, type, base64: bytes.toString('base64') })),
    },
  )

/** Chooses files by the menu of the composer. */
export async function picks(who: Visitor, files: readonly Given[] | string): Promise<void> {
  const choosing = who.page.waitForEvent('filechooser')
  await who.presses(who.words.composer.tools)
  await who.page.getByRole('menuitem', { name: who.words.attach.pick }).click()
  const chosen =
    typeof files === 'string'
      ? files
      : files.map(({ name, type, bytes }) => ({ name, mimeType: type, buffer: bytes }))
  await (await choosing).setFiles(chosen)
}

/** The strip of the composer. */
export const strip = ({ page, words }: Visitor): Locator =>
  page.getByRole('region', { name: words.attach.files })
export const tile = (who: Visitor, name: string): Locator =>
  strip(who).getByRole('listitem').filter({ hasText: name })
export const names = (who: Visitor): Promise<string[]> =>
  strip(who).getByRole('listitem').locator('bdi').allTextContents()

export const removing = ({ page, words }: Visitor, name: string): Locator =>
  page.getByRole('button', { name: fill(words.attach.remove, { name: `\u2068${name}\u2069` }), exact: true })

/** Chooses from the menu of a file. */
export async function does(who: Visitor, name: string, action: string): Promise<void> {
  const more = fill(who.words.attach.more, { name: `\u2068${name}\u2069` })
  await who.presses(more)
  await who.page.getByRole('menuitem', { name: action }).click()
}

/** What somebody has received, in order: of each message its text and its files. A number comes once. */
export function received({ heard }: Person): { text: string; files: FileRef[] }[] {
  const messages = new Map<number, { text: string; files: FileRef[] }>()
  for (const event of heard)
    if (event.type === 'message')
      messages.set(event.seq, { text: event.text, files: [...(event.files ?? [])] })
  return [...messages].sort(([a], [b]) => a - b).map(([, message]) => message)
}
