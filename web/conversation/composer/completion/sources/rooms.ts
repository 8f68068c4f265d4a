// Completes rooms after a `#`: the person's own ones and the public ones. In the text stands a link with the room's
// name, `[#garden](/rooms/7)`: every reader's parser draws it, and it opens inside.
import { ref } from 'vue'
import { spokenKey } from '../../../../../server/protocol/names.ts'
import { isInWords } from '../../../../text/in-words.ts'
import { roomName } from '../../../../ui/room-kinds.ts'
import type { Choice, LinkedRoom, Piece, Source, Typed } from '../choice.ts'

const max = 8
/** A `#` that is no part of a word or of an address, and what follows it. `#42` is a number. */
const begun = /(?:^|[^\p{L}\p{N}_#/&\\]|[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}])#((?!\s|\d+$)[^#\n[\]]{0,64})$/u

export function roomPiece({ text, caret }: Typed): Piece | undefined {
  if (caret < 0) return undefined
  const query = begun.exec(text.slice(Math.max(0, caret - 68), caret))?.[1]
  if (query === undefined) return undefined
  const from = caret - query.length - 1
  return isInWords(text, from) ? { from, to: caret, query } : undefined
}

/** The link to a room, as it stands in the text. */
export const linkTo = (room: LinkedRoom): string =>
  `[${roomName(room).replace(/[\\`*_[\]~|<>:]/g, '\\$&')}](/rooms/${room.id})`

/** 0 is best; undefined: neither its name nor one that it had of late contains it. */
function rankOf({ name, formerly = [] }: LinkedRoom, wanted: string): number | undefined {
  const key = spokenKey(name)
  const at = key.indexOf(wanted)
  if (at < 0) return formerly.some((was) => spokenKey(was).includes(wanted)) ? 3 : undefined
  if (at === 0) return 0
  return /[\s\p{P}]/u.test(key[at - 1] ?? '') ? 1 : 2
}

export function roomSource(rooms: () => readonly LinkedRoom[]): Source {
  function choices(query: string): Choice[] {
    const wanted = spokenKey(query)
    return rooms()
      .flatMap((room) => {
        const rank = rankOf(room, wanted)
        return rank === undefined ? [] : [{ room, rank }]
      })
      .sort((a, b) => a.rank - b.rank)
      .slice(0, max)
      .map(({ room }) => ({ kind: 'room', key: room.id, words: linkTo(room), room }))
  }
  return {
    kind: 'room',
    saysNone: false,
    pieceAt: roomPiece,
    look: () => undefined,
    choices,
    state: ref('ready'),
    // What stands in the text is the link: a name that is typed in full is not one.
    isWhole: () => false,
  }
}
