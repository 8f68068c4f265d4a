// The pictures of rooms: where they are kept, and how one is changed, as a setting of its room.
import type { FastifyRequest } from 'fastify'
import { requireSession } from '../account/identify.ts'
import { Refused } from '../answer.ts'
import type { Db } from '../db.ts'
import { changePicture } from '../membership/change-room.ts'
import type { Memberships } from '../membership/memberships.ts'
import type { Image } from '../pictures/images.ts'
import type { RoomSummary } from '../protocol/people.ts'

export interface RoomPictureDeps {
  db: Db
  memberships: Pick<Memberships, 'notices' | 'roster' | 'summary'>
}

export class RoomPictures {
  readonly #deps: RoomPictureDeps

  constructor(deps: RoomPictureDeps) {
    this.#deps = deps
  }

  async of(room: string): Promise<Image | undefined> {
    const [face] = await this.#deps.db.rows<Image>(
      'SELECT image, hash FROM room_pictures WHERE room_id = ?',
      [BigInt(room)],
    )
    return face
  }

  /** Undefined: it has none any more. The gate has checked the right. @throws Refused */
  async change(
    request: Pick<FastifyRequest, 'session' | 'ip'> & { params: { room: string } },
    face: Image | undefined,
  ): Promise<{ room: RoomSummary }> {
    const { db, memberships } = this.#deps
    const { user } = requireSession(request)
    const { notices, roster } = memberships
    const { room } = request.params
    const refusal = await changePicture({ db, notices, roster }, { user, room, face, address: request.ip })
    if (refusal !== undefined) throw new Refused(refusal)
    const seen = await memberships.summary(user.id, room)
    if (seen === undefined) throw new Refused({ code: 'not_found' })
    return { room: seen }
  }
}
