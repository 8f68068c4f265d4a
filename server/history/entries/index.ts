// The kinds of entries as MySQL keeps them: each that protocol/entries/kinds.ts lists, in one of these two.
import type { ChangeEvent, EntryEvent, EntryType, TypeThat } from '../../protocol/entries/index.ts'
import { deleted } from './deleted.ts'
import { edited } from './edited.ts'
import { erased } from './erased.ts'
import { folded } from './folded.ts'
import type { ChangeSql, RowSql } from './kind.ts'
import { notice } from './notice.ts'
import { pinned } from './pinned.ts'
import { reacted } from './reacted.ts'
import { spoken } from './spoken.ts'

type EventOf<Type extends EntryType> = Extract<EntryEvent, { type: Type }>

/** Those that make a row of `messages`. */
export const rowKinds: { [Type in TypeThat<'message' | 'notice'>]: RowSql<EventOf<Type>> } = {
  message: spoken,
  poll: spoken,
  notice,
}

/** Those that make a row of `changes`, in the order in which they settle: what ends messages comes last. */
export const changeKinds: { [Type in ChangeEvent['type']]: ChangeSql<EventOf<Type>> } = {
  reacted,
  pinned,
  voted: folded('voted'),
  poll_closed: folded('poll_closed'),
  carded: folded('carded'),
  uncarded: folded('uncarded'),
  edited,
  deleted,
  erased,
}
