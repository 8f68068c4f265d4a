// Pages that a site may send to harm a server or a reader: each with what may come of it. Made by code, so that none is a file that
// somebody opens.
import { decoys } from './decoys.ts'
import { floods } from './floods.ts'
import { markups } from './markups.ts'

export interface HostilePage {
  name: string
  bytes: Buffer
  type?: string
  /** What a card of it says; undefined: there is none. Missing fields are not looked at. */
  card: { title?: string; description?: string; site?: string; image?: string | undefined } | undefined
}

export const hostilePages: readonly HostilePage[] = [...markups, ...decoys, ...floods]
