// Whether somebody may write to somebody: asked by whoever makes a direct room, and by the gate for every message in one of two.
// In a larger one everybody writes: what a blocked person says there is folded for whoever blocks them, and names nobody.
import type { DirectRoom, DirectRooms } from '../membership/direct-people.ts'
import type { RoomList } from '../membership/room-list.ts'
import type { BanList } from '../moderation/ban-list.ts'
import type { Refusal } from '../protocol/errors.ts'
import type { Blocks } from './blocks.ts'

export interface WritingDeps {
  blocks: Pick<Blocks, 'has' | 'writersOf'>
  bans: Pick<BanList, 'of'>
  directs: Pick<DirectRooms, 'known' | 'of'>
  rooms: Pick<RoomList, 'shareRoom'>
}

type Verdict = Refusal | undefined | Promise<Refusal | undefined>

export class Writing {
  readonly #deps: WritingDeps

  constructor(deps: WritingDeps) {
    this.#deps = deps
  }

  /**
   * Undefined: `user` may write in the room, as far as its people go; at once, unless a store has to be asked. Limit: of a room that
   * is not in memory while MySQL is away it is not known, and people go on talking.
   */
  refuse(user: string, room: string): Verdict {
    const { directs } = this.#deps
    const known = directs.known(room)
    if (known === null) return undefined
    if (known !== undefined) return this.#judge(user, known)
    return directs.of(room).then(
      (found) => (found === null ? undefined : this.#judge(user, found)),
      () => undefined,
    )
  }

  /** `isAnswer`: the other one has begun the conversation, so they want to hear from this person. */
  toOther(user: string, other: string, { isAnswer }: { isAnswer: boolean }): Verdict {
    const { blocks, bans, rooms } = this.#deps
    if (blocks.has(user, other)) return { code: 'you_blocked' }
    const cannot: Refusal = { code: 'cannot_write' }
    const writers = blocks.writersOf(other)
    if (writers === 'ended' || blocks.has(other, user)) return cannot
    if (bans.of({ user: { id: other, admin: false } }) !== undefined) return cannot
    if (writers === 'everyone' || isAnswer) return undefined
    if (writers === 'nobody') return cannot
    return rooms.shareRoom(user, other).then((is) => (is ? undefined : cannot))
  }

  #judge(user: string, { people, madeBy }: DirectRoom): Verdict {
    const [other, third] = people.filter(({ id }) => id !== user)
    const isIn = people.some(({ id }) => id === user)
    if (!isIn || other === undefined || third !== undefined) return undefined
    return this.toOther(user, other.id, { isAnswer: madeBy === other.id })
  }
}
