// The rooms one is in and could join, each with its head and what is unread. It starts the link when somebody is in:
// from then on every entry of every joined room passes here, whether or not the room is open.
import { defineStore } from 'pinia'
import { computed, ref, shallowReactive, watch } from 'vue'
import type { ReadEvent } from '../../server/protocol/events.ts'
import type { Message } from '../../server/protocol/http.ts'
import type { RevisionReaders, RoomSummary } from '../../server/protocol/people.ts'
import { isLater, turnAfter } from '../../server/protocol/position.ts'
import { useSession } from '../account/session.ts'
import * as api from '../wire/api.ts'
import { useLink } from '../wire/link.ts'
import { isRefusal, type Refusal } from '../wire/refusal.ts'
import type { Told } from '../wire/told.ts'
import {
  heardNamed,
  mergedNamed,
  namedCount,
  readNamed,
  toldNamed,
  turnNamed,
  type NamedCount,
} from './named.ts'
import { ReadTeller } from './read-teller.ts'
import {
  fromSummary,
  heardOf,
  merged,
  positionIn,
  readUpTo,
  toldRead,
  turnTo,
  unreadCount,
  type Unread,
} from './unread.ts'

/** A room in the list. `head`, `read`, `unread` and `lastAt` move with what is heard. */
export interface RoomView extends RoomSummary {
  mentioned: false
}

/** A thousand browsers that come back together do not ask for the list together. */
const listWithinMs = 2_000

export const useRooms = defineStore('rooms', () => {
  const session = useSession()
  const link = useLink()
  const status = ref<'loading' | 'ready' | 'failed'>('loading')
  const views = shallowReactive(new Map<string, RoomView>())
  const counts = new Map<string, Unread>()
  const names = new Map<string, NamedCount>()
  const teller = new ReadTeller((read) => link.tell(read))
  /** The room on screen whose reader is at its end: what comes there is read as it comes. */
  let watched: string | undefined
  let epoch: string | undefined

  const joined = computed(() => [...views.values()].filter((room) => room.joined).sort(byName))
  const open = computed(() => {
    return [...views.values()].filter((room) => !room.joined && room.kind === 'public').sort(byName)
  })
  const unreadRooms = computed(() => joined.value.filter(({ unread }) => unread > 0).length)
  const unreadTotal = computed(() => joined.value.reduce((sum, { unread }) => sum + unread, 0))
  const mentionsTotal = computed(() => joined.value.reduce((sum, { mentions = 0 }) => sum + mentions, 0))
  const byId = (id: string): RoomView | undefined => views.get(id)

  /** Takes a summary in, from wherever it comes, and answers the room as it is shown. */
  function take(summary: RoomSummary): RoomView {
    const { id } = summary
    const known = counts.get(id)
    // Of a room one is not in, nothing is heard and nothing is unread: the summary is all there is.
    const wasJoined = views.get(id)?.joined === true
    const count = known === undefined || !wasJoined ? fromSummary(summary) : merged(known, summary)
    counts.set(id, count)
    names.set(id, mergedNamed(wasJoined ? names.get(id) : undefined, summary))
    const lastAt = Math.max(summary.lastAt ?? 0, views.get(id)?.lastAt ?? 0) || null
    const next = { ...summary, lastAt, mentioned: false } as const
    const view = views.get(id)
    if (view === undefined) views.set(id, shallowReactive(next))
    else Object.assign(view, next)
    publish(id)
    const told = { turn: summary.turn ?? 0, seq: summary.read }
    if (isLater(positionIn(count), told)) teller.read(id, positionIn(count))
    return views.get(id) ?? next
  }

  /** Shows a room's count. */
  function publish(id: string): void {
    const view = views.get(id)
    const count = counts.get(id)
    if (view === undefined || count === undefined) return
    view.head = count.head
    view.read = count.read
    view.unread = id === watched ? 0 : unreadCount(count)
    const named = names.get(id)
    view.mentions = id === watched || named === undefined ? 0 : namedCount(named)
    view.turn = count.turn
  }

  function update(id: string, change: (count: Unread) => Unread): void {
    const count = counts.get(id)
    if (count === undefined) return
    counts.set(id, change(count))
    publish(id)
  }

  /** The same for the messages that name this person. */
  function updateNames(id: string, change: (count: NamedCount) => NamedCount): void {
    const count = names.get(id)
    if (count !== undefined) names.set(id, change(count))
  }

  function gone(id: string): void {
    const view = views.get(id)
    if (view?.kind === 'public') Object.assign(view, { joined: false, role: null, unread: 0, mentions: 0 })
    else views.delete(id)
    counts.delete(id)
    names.delete(id)
  }

  function hear(told: Told): void {
    switch (told.type) {
      case 'welcome': {
        if (epoch !== undefined && epoch !== told.epoch) {
          counts.clear()
          names.clear()
        }
        epoch = told.epoch
        const ids = new Set(told.rooms.map(({ id }) => id))
        for (const { id } of joined.value) if (!ids.has(id)) gone(id)
        told.rooms.forEach(take)
        // A list that could not be had is asked for again now; otherwise the public rooms can wait their turn.
        setTimeout(() => void reload(), status.value === 'ready' ? Math.random() * listWithinMs : 0)
        status.value = 'ready'
        return teller.flush()
      }
      case 'entries':
        return heardEntries(told.room, told.messages, told.head)
      case 'read':
        return heardRead(told)
      case 'room':
        return void take(told.room)
      case 'open':
        return views.get(told.room.id)?.joined === true ? undefined : void take(told.room)
      case 'gone':
        return gone(told.room)
      default:
        return undefined
    }
  }

  /** An older server tells no turn: it is the one that stands. */
  function heardRead({ room, seq, turn = counts.get(room)?.turn ?? 0, ...left }: ReadEvent): void {
    updateNames(room, (count) => toldNamed(count, { turn, seq }, left.mentions, left.head))
    update(room, (count) => toldRead(count, { turn, seq }, left.unread, left.head))
  }

  function heardEntries(id: string, messages: Message[], head: number): void {
    updateNames(id, (count) => heardNamed(count, messages, session.user?.id ?? ''))
    update(id, (count) => heardOf(count, messages, head, session.user?.id ?? ''))
    const view = views.get(id)
    if (view === undefined) return
    view.lastAt = Math.max(view.lastAt ?? 0, ...messages.map(({ at }) => at)) || null
    for (const message of messages) {
      if (message.kind !== 'notice') continue
      if (message.notice.kind === 'topic') view.topic = message.notice.topic
      if (message.notice.kind === 'revisions') view.revisions = message.notice.revisions
    }
  }

  /** Asks for the list: one's own rooms and the public ones. */
  async function reload(): Promise<void> {
    const who = session.user?.id
    if (who === undefined) return
    if (status.value === 'failed') status.value = 'loading'
    const answer = await api.listRooms()
    if (session.user?.id !== who) return
    if (isRefusal(answer)) {
      if (status.value === 'loading') status.value = 'failed'
      return
    }
    const ids = new Set(answer.rooms.map(({ id }) => id))
    for (const { id } of open.value) if (!ids.has(id)) views.delete(id)
    answer.rooms.forEach(take)
    status.value = 'ready'
  }

  /** Takes the room of an answer in; passes a refusal on. */
  const takeAnswer = (answer: Awaited<ReturnType<typeof api.joinRoom>>): RoomView | Refusal =>
    isRefusal(answer) ? answer : take(answer.room)

  async function refusalOf(asked: Promise<unknown>): Promise<Refusal | undefined> {
    const answer = await asked
    return isRefusal(answer) ? answer : undefined
  }

  const create = async (room: api.NewRoom): Promise<RoomView | Refusal> =>
    takeAnswer(await api.createRoom(room))
  const join = (id: string) => refusalOf(api.joinRoom(id).then(takeAnswer))
  const setTopic = (id: string, topic: string) => refusalOf(api.setTopic(id, topic).then(takeAnswer))
  const setRevisions = (id: string, readers: RevisionReaders) =>
    refusalOf(api.setRevisions(id, readers).then(takeAnswer))
  const addMember = (id: string, name: string) => refusalOf(api.addMember(id, name))
  async function leave(id: string): Promise<Refusal | undefined> {
    const refusal = await refusalOf(api.leaveRoom(id))
    if (refusal === undefined) gone(id)
    return refusal
  }

  /** This person has read the room up to `seq`: here at once, and on their other devices when the server hears it. */
  function readTo(id: string, seq: number): void {
    const before = counts.get(id)?.read ?? 0
    if (seq <= before) return
    updateNames(id, (count) => readNamed(count, seq))
    update(id, (count) => readUpTo(count, seq))
    teller.read(id, { turn: counts.get(id)?.turn ?? 0, seq })
  }

  /**
   * Message `seq` of the room and what follows is unread again: a turn begins below it. `left`: as far as is known here,
   * until the server says how many it is.
   */
  function markUnread(id: string, seq: number, left: { unread: number; mentions: number }): void {
    const count = counts.get(id)
    if (count === undefined) return
    const to = { turn: turnAfter(count.turn, Date.now()), seq: seq - 1 }
    updateNames(id, (named) => turnNamed(named, to, left.mentions, count.head))
    update(id, () => turnTo(count, to, left.unread, count.head))
    teller.read(id, to)
  }

  /** Everything in every room is read, or in those where `which` says so; answers in how many something was not. */
  function readAll(which: (room: RoomView) => boolean = () => true): number {
    const unread = joined.value.filter((room) => (room.unread > 0 || (room.mentions ?? 0) > 0) && which(room))
    for (const { id, head } of unread) readTo(id, head)
    return unread.length
  }

  /** The reader of the room on screen is at its end (true), where its badge stays 0, or not any more. */
  function watchEnd(id: string, is: boolean): void {
    if (is === (watched === id)) return
    const before = watched
    watched = is ? id : undefined
    if (before !== undefined) publish(before)
    publish(id)
  }

  function forget(): void {
    views.clear()
    counts.clear()
    names.clear()
    teller.forget()
    watched = undefined
    epoch = undefined
    status.value = 'loading'
  }

  link.feed.listen(hear)
  watch(
    () => session.user,
    (user, before) => {
      if (user !== undefined && user.id === before?.id) return link.rename(user)
      forget()
      if (user === undefined) return link.stop()
      link.start(user, session.check)
      void reload()
    },
    { immediate: true },
  )

  return {
    status,
    /** By name, the default room first. */
    joined,
    /** Public rooms one is not in. */
    open,
    byId,
    unreadRooms,
    unreadTotal,
    /** Unread messages that name one, over all rooms. */
    mentionsTotal,
    reload,
    create,
    join,
    leave,
    setTopic,
    setRevisions,
    addMember,
    readTo,
    markUnread,
    readAll,
    watchEnd,
  }
})

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' })

const byName = (a: RoomView, b: RoomView): number =>
  Number(b.isDefault) - Number(a.isDefault) || collator.compare(a.name, b.name)
