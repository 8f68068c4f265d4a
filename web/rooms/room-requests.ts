// Requests to the server about rooms: each returns the refusal, if there was one, and takes in the server's answer.
import type { RoomChangeBody } from '../../server/protocol/http.ts'
import type { MemberSettingsBody } from '../../server/protocol/member-setting-fields.ts'
import type { RoomSummary } from '../../server/protocol/people.ts'
import * as api from '../wire/api.ts'
import { tuneRoom } from '../wire/section-api.ts'
import { isRefusal, type Refusal } from '../wire/refusal.ts'
import type { RoomView } from './room-views.ts'

interface RequestDeps {
  take: (summary: RoomSummary) => RoomView
  tuned: (id: string, settings: MemberSettingsBody) => void
  gone: (id: string) => void
}

export function roomRequests({ take, tuned, gone }: RequestDeps) {
  /** Takes in the room of an answer; returns a refusal. */
  const takeAnswer = (answer: Awaited<ReturnType<typeof api.joinRoom>>): RoomView | Refusal =>
    isRefusal(answer) ? answer : take(answer.room)

  async function refusalOf(asked: Promise<unknown>): Promise<Refusal | undefined> {
    const answer = await asked
    return isRefusal(answer) ? answer : undefined
  }

  async function leave(id: string): Promise<Refusal | undefined> {
    const refusal = await refusalOf(api.leaveRoom(id))
    if (refusal === undefined) gone(id)
    return refusal
  }

  async function remove(id: string, name: string): Promise<Refusal | undefined> {
    const refusal = await refusalOf(api.deleteRoom(id, name))
    if (refusal === undefined) gone(id)
    return refusal
  }

  /** Shows at once; `before` is how it was, in case that the server refuses it. */
  async function tune(before: RoomSummary, settings: MemberSettingsBody): Promise<Refusal | undefined> {
    const { id, level, favourite, mutedUntil = null, section = null } = before
    const all: Record<string, unknown> = { level, favourite, mutedUntil, section }
    // Only what it sets: another change may have been made meanwhile.
    const taken = Object.fromEntries(Object.keys(settings).map((field) => [field, all[field]]))
    tuned(id, settings)
    const refusal = await refusalOf(tuneRoom(id, settings))
    if (refusal !== undefined) tuned(id, taken)
    return refusal
  }

  return {
    tune,
    create: async (room: api.NewRoom): Promise<RoomView | Refusal> => takeAnswer(await api.createRoom(room)),
    join: (id: string) => refusalOf(api.joinRoom(id).then(takeAnswer)),
    leave,
    remove,
    change: (id: string, change: RoomChangeBody) => refusalOf(api.changeRoom(id, change).then(takeAnswer)),
    addMember: (id: string, name: string) => refusalOf(api.addMember(id, name)),
  }
}
