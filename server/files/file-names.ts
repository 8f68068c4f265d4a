// Names of files, as people gave them: never a path, never anything that reads otherwise than it is.
import { fileLimits } from '../protocol/file-limits.ts'

/** What turns the direction of a text, or cannot be seen: `photo\u202Egpj.exe` reads as a picture. */
const unseen = /[\u00AD\u061C\u180E\u200B-\u200F\u2028-\u202E\u2060-\u206F\uFEFF\uFFF9-\uFFFB]/g
const lone = /\p{Cs}/gu
const noName = 'file'
/** An extension that is longer is none. */
const extensionChars = 16

/** One line without a path, of at most fileLimits.nameChars UTF-16 units; what is cut keeps its extension. */
export function cleanFileName(raw: string): string {
  const flat = raw.normalize('NFC').replace(lone, '\uFFFD').replace(unseen, '')
  const last =
    flat
      .replace(/[\p{Cc}\s]+/gu, ' ')
      .split(/[/\\]/)
      .at(-1) ?? ''
  const name = last.trim()
  if (name === '' || /^\.+$/.test(name)) return noName
  if (name.length <= fileLimits.nameChars) return name
  const dot = name.lastIndexOf('.')
  const extension = dot > 0 && name.length - dot <= extensionChars ? name.slice(dot) : ''
  return whole(name.slice(0, fileLimits.nameChars - extension.length)) + extension
}

/** Without half of a character at its end. */
const whole = (text: string): string => text.replace(/[\uD800-\uDBFF]$/, '').trimEnd()
