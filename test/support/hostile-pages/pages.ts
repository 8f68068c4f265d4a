// Pages that a site may send to harm a server or a reader: each with what may come of it. Made by code, so that none is a file that
// somebody opens.
import { decoys } from './decoys.ts'
import { floods } from './floods.ts'
import type { HostilePage } from './make.ts'
import { markups } from './markups.ts'

export const hostilePages: readonly HostilePage[] = [...markups, ...decoys, ...floods]
