// Cells of the authorisation matrix, by whom they are for.
import { standings, type RoomName, type StandingName } from './stage.ts'

/** What each of them is answered: `+` is an answer, everything else the code of a refusal. */
export type Cells = Record<StandingName, string>

/** `rest`: of whoever is not named in `others`, whose keys are standings with spaces in between. */
export function everybody(rest: string, others: Record<string, string> = {}): Cells {
  const named = Object.entries(others).flatMap(([names, cell]) =>
    names.split(' ').map((name): [string, string] => [name, cell]),
  )
  const unknown = named.find(([name]) => !standings.some((one) => one === name))
  if (unknown !== undefined) throw new Error(`there is no standing ${unknown[0]}`)
  return {
    ...Object.fromEntries(standings.map((name) => [name, rest])),
    ...Object.fromEntries(named),
  } as Cells
}

const signedOut = {
  'signedOut invited halfway former': 'signed_out',
  needsFactor: 'second_factor_required',
  banned: 'banned',
}
/** Whoever is signed in, and neither banned nor without a second factor that they need. */
export const signedIn = (rest: string, others: Record<string, string> = {}): Cells =>
  everybody(rest, { ...signedOut, ...others })

export const noBots = { 'bot botOutside': 'not_for_bots' }
/** Who is not in a room: a private one is not there for them, in a public one they may not. */
export const outsidePrivate = { 'outsider roomBanned adminOutside botOutside': 'not_found' }
export const outsidePublic = { 'outsider adminOutside botOutside': 'not_allowed', roomBanned: 'not_found' }
export const newcomers = { 'guest newcomer': 'not_for_newcomers' }
export const owners = { 'guest newcomer member moderator bot': 'not_allowed' }
export const moderators = { 'guest newcomer member bot': 'not_allowed' }
export const author = { 'guest newcomer member moderator admin bot': 'not_yours' }
export const authorOrModerator = { 'guest newcomer member bot': 'not_yours' }

export interface Row {
  cells: Cells
  /** Of the room in the address. */
  room?: RoomName
  routes: readonly string[]
}
