// The limits of the workspace's own emoji. Apart from `limits`, so that the sign-in page does not carry them.
import { kib, second } from './units.ts'

export const customEmojiLimits = {
  /** Of a workspace: the list of all is some 150 KB, which each browser has, and each process keeps in memory. */
  atOnce: 1_000,
  /** Other names of one. */
  aliases: 10,
  /** Characters of a name: what a list shows in one line. */
  nameChars: 32,
  /** Bytes of an upload: many times what such images have elsewhere. */
  uploadBytes: 2 * 1024 * kib,
  /** Pixels of an upload, of all its pictures together: unpacked they are 100 MB. */
  pixels: 25_000_000,
  /** Pictures of one that moves: longer ones are films. */
  frames: 100,
  /** Three times what is drawn in a text, for dense screens, and where it stands alone. */
  sizePx: 128,
  /** Bytes of what is served: a screen of moving ones is loaded in a moment. */
  imageBytes: 256 * kib,
  /** How often a process asks whether there are changes; the bus says so sooner, while Redis is there. */
  lookEveryMs: 10 * second,
} as const
