// The HTTP calls of those who are in, by their names. Each returns its answer or a Refusal, and never throws. Those of whoever
// comes in are in entry-api.ts: they load first.
import type {
  ChangesAnswer,
  CommandsAnswer,
  MembersAnswer,
  MentionsAnswer,
  PageAnswer,
  PinsAnswer,
  RevisionsAnswer,
  RoomAnswer,
  RoomChangeBody,
  RoomsAnswer,
  SendAnswer,
  ThreadAnswer,
} from '../../server/protocol/http.ts'
import type { BackupsAnswer } from '../../server/protocol/backups.ts'
import type { SyncAnswer, SyncNowAnswer } from '../../server/protocol/sync.ts'
import type { DirectoryAnswer } from '../../server/protocol/directory.ts'
import type { DensityAnswer, ExportFormat, MomentAnswer } from '../../server/protocol/moments.ts'
import type { HookFilter, HooksAnswer, OpenedAnswer, SignedAnswer } from '../../server/protocol/hooks.ts'
import type { OwnVotesAnswer } from '../../server/protocol/polls.ts'
import type { SavedAnswer, SavedMarksAnswer } from '../../server/protocol/saved.ts'
import type { SearchAnswer, SearchQuery } from '../../server/protocol/search.ts'
import type { ThreadMarksAnswer, ThreadsAnswer } from '../../server/protocol/threads.ts'
import type { RoomBan, RoomBanBody } from '../../server/protocol/moderation.ts'
import type { Role, RoomKind } from '../../server/protocol/people.ts'
import type {
  InviteAnswer,
  InviteBody,
  InvitesAnswer,
  Workspace,
  WorkspaceBody,
} from '../../server/protocol/workspace.ts'
import { request } from './http.ts'

export { keepAnswersIn } from './http.ts'

/** An answer that is kept, to keep it as it is now. `path`: with its query. */
export const askAgain = (path: string) => request<unknown>({ method: 'GET', path })

export const changeWorkspace = (change: WorkspaceBody) =>
  request<Workspace>({ method: 'PATCH', path: '/workspace', body: change })
export const listInvites = () => request<InvitesAnswer>({ method: 'GET', path: '/invites' })
export const makeInvite = (invite: InviteBody) =>
  request<InviteAnswer>({ method: 'POST', path: '/invites', body: invite })
export const joinByInvite = (code: string) =>
  request<RoomsAnswer>({ method: 'POST', path: `/invites/${code}/join` })
export const endInvite = (id: string) => request<undefined>({ method: 'DELETE', path: `/invites/${id}` })

export interface NewRoom {
  name: string
  kind: RoomKind
  topic?: string
}
export const listDirectory = (query: string, after?: string) =>
  request<DirectoryAnswer>({
    method: 'GET',
    path: `/directory?${new URLSearchParams({ ...(query && { query }), ...(after && { after }) }).toString()}`,
  })
export const listRooms = () => request<RoomsAnswer>({ method: 'GET', path: '/rooms' })
export const createRoom = (room: NewRoom) =>
  request<RoomAnswer>({ method: 'POST', path: '/rooms', body: room })
export const changeRoom = (room: string, change: RoomChangeBody) =>
  request<RoomAnswer>({ method: 'PATCH', path: `/rooms/${room}`, body: change })
export const joinRoom = (room: string) =>
  request<RoomAnswer>({ method: 'PUT', path: `/rooms/${room}/members/me` })
export const leaveRoom = (room: string) =>
  request<undefined>({ method: 'DELETE', path: `/rooms/${room}/members/me` })
/** `name`: as it was typed to make sure. */
export const deleteRoom = (room: string, name: string) =>
  request<undefined>({ method: 'POST', path: `/rooms/${room}/deletion`, body: { name } })
export const listMembers = (room: string, after?: string) =>
  request<MembersAnswer>({
    method: 'GET',
    path: `/rooms/${room}/members${after === undefined ? '' : `?after=${after}`}`,
  })
export const addMember = (room: string, name: string) =>
  request<undefined>({ method: 'POST', path: `/rooms/${room}/members`, body: { name } })
/** Makes somebody the owner in one's own place. */
export const handOver = (room: string, user: string) =>
  request<undefined>({ method: 'PUT', path: `/rooms/${room}/owner`, body: { user } })
export const setRole = (room: string, user: string, role: Role) =>
  request<undefined>({ method: 'PUT', path: `/rooms/${room}/members/${user}`, body: { role } })
export const listRoomBans = (room: string) =>
  request<{ bans: RoomBan[] }>({ method: 'GET', path: `/rooms/${room}/bans` })
export const banFromRoom = (room: string, user: string, ban: RoomBanBody) =>
  request<undefined>({ method: 'PUT', path: `/rooms/${room}/bans/${user}`, body: ban })
export const liftRoomBan = (room: string, user: string) =>
  request<undefined>({ method: 'DELETE', path: `/rooms/${room}/bans/${user}` })
export const removeMember = (room: string, user: string) =>
  request<undefined>({ method: 'DELETE', path: `/rooms/${room}/members/${user}` })

export const listCommands = () => request<CommandsAnswer>({ method: 'GET', path: '/commands' })
export const archiveState = () => request<SyncAnswer>({ method: 'GET', path: '/admin/sync' })
export const readBackups = () => request<BackupsAnswer>({ method: 'GET', path: '/admin/backups' })
export const backUpNow = () => request<BackupsAnswer>({ method: 'POST', path: '/admin/backups' })
export const archiveNow = () => request<SyncNowAnswer>({ method: 'POST', path: '/admin/sync/now' })

/** Which page of a room: at most one of the three; none means the newest. `before` and `after` are exclusive. */
export interface PlaceInRoom {
  before?: number
  after?: number
  around?: number
  limit?: number
  /** The room as it was at this number. */
  asOf?: number
  /** Without replies that are only in their threads. */
  view?: 'room'
}
export const page = (room: string, place: PlaceInRoom) =>
  request<PageAnswer>({ method: 'GET', path: `/rooms/${room}/messages`, query: { ...place } })
/** The earlier versions of a message, oldest first. */
export const revisions = (room: string, seq: number) =>
  request<RevisionsAnswer>({ method: 'GET', path: `/rooms/${room}/messages/${seq}/revisions` })
/** The pinned messages of a room, last pinned first. */
export const listPins = (room: string) => request<PinsAnswer>({ method: 'GET', path: `/rooms/${room}/pins` })
/** A page of a thread: at most one of the two, both exclusive; none means the newest. */
export const threadPage = (room: string, root: number, place: { before?: number; after?: number } = {}) =>
  request<ThreadAnswer>({
    method: 'GET',
    path: `/rooms/${room}/threads/${root}/messages`,
    query: { ...place },
  })
export const followThread = (room: string, root: number, on: boolean) =>
  request<undefined>({ method: on ? 'PUT' : 'DELETE', path: `/rooms/${room}/threads/${root}/follow` })
export const readThread = (room: string, root: number, seq: number) =>
  request<undefined>({ method: 'PUT', path: `/rooms/${room}/threads/${root}/read`, body: { seq } })
/** Followed threads, unread ones first; `before` is the `next` of the previous page. */
export const followedThreads = (before?: string) =>
  request<ThreadsAnswer>({
    method: 'GET',
    path: '/threads',
    ...(before === undefined ? {} : { query: { before } }),
  })
export const threadMarks = () => request<ThreadMarksAnswer>({ method: 'GET', path: '/threads/marks' })
/** This person's choices in these polls of a room, at most 50. */
export const ownVotes = (room: string, polls: readonly number[]) =>
  request<OwnVotesAnswer>({
    method: 'GET',
    path: `/rooms/${room}/polls/votes`,
    query: { polls: polls.join(',') },
  })
export const closePoll = (room: string, seq: number, cid: string) =>
  request<SendAnswer>({ method: 'POST', path: `/rooms/${room}/polls/${seq}/close`, body: { cid } })
const zone = () => Intl.DateTimeFormat().resolvedOptions().timeZone
/** The number of messages in each month, or on each day of one ("2026-11"), in the reader's time zone. */
export const density = (room: string, month?: string) =>
  request<DensityAnswer>({
    method: 'GET',
    path: `/rooms/${room}/density`,
    query: month === undefined ? { zone: zone() } : { zone: zone(), month },
  })
/** The first message at or after a time. */
export const moment = (room: string, time: number) =>
  request<MomentAnswer>({ method: 'GET', path: `/rooms/${room}/at`, query: { time } })
export interface ExportQuery {
  format: ExportFormat
  from?: number | undefined
  to?: number | undefined
  /** With the files of the messages, as a zip. */
  files: boolean
}
/** The address from which the browser downloads the file. */
export function exportAddress(room: string, { format, from, to, files }: ExportQuery): string {
  const query = new URLSearchParams({ format, zone: zone() })
  if (from !== undefined) query.set('from', String(from))
  if (to !== undefined) query.set('to', String(to))
  if (files) query.set('files', '1')
  return `/api/rooms/${room}/export?${query}`
}
/** Every message created or changed after number `after`, oldest change first. */
export const changes = (room: string, after: number, limit: number) =>
  request<ChangesAnswer>({ method: 'GET', path: `/rooms/${room}/changes`, query: { after, limit } })

/** Mentions, newest first; `before` is the `next` of the previous page. */
export const mentions = (before?: string) =>
  request<MentionsAnswer>({
    method: 'GET',
    path: '/mentions',
    query: before === undefined ? {} : { before },
  })
/** Messages in all rooms that this person may read, newest first. */
export const search = (query: SearchQuery) =>
  request<SearchAnswer>({ method: 'GET', path: '/search', query: { ...query } })

/** Saved messages, last saved first; `before` is the `next` of the previous page. */
export const savedPage = (before?: string) =>
  request<SavedAnswer>({
    method: 'GET',
    path: '/saved',
    ...(before === undefined ? {} : { query: { before } }),
  })
export const savedMarks = () => request<SavedMarksAnswer>({ method: 'GET', path: '/saved/marks' })

export const listHooks = (room: string) =>
  request<HooksAnswer>({ method: 'GET', path: `/rooms/${room}/hooks` })
export const openHook = (room: string, name: string) =>
  request<OpenedAnswer>({ method: 'POST', path: `/rooms/${room}/hooks/incoming`, body: { name } })
export const renameHook = (room: string, hook: string, name: string) =>
  request<unknown>({ method: 'PATCH', path: `/rooms/${room}/hooks/incoming/${hook}`, body: { name } })
export const renewHook = (room: string, hook: string) =>
  request<OpenedAnswer>({ method: 'POST', path: `/rooms/${room}/hooks/incoming/${hook}/secret` })
export const sendHook = (room: string, url: string, filter: HookFilter) =>
  request<SignedAnswer>({ method: 'POST', path: `/rooms/${room}/hooks/outgoing`, body: { url, filter } })
export const pauseHook = (room: string, hook: string, paused: boolean) =>
  request<unknown>({ method: 'PATCH', path: `/rooms/${room}/hooks/outgoing/${hook}`, body: { paused } })
export const replayHook = (room: string, hook: string, from: number) =>
  request<unknown>({ method: 'POST', path: `/rooms/${room}/hooks/outgoing/${hook}/replay`, body: { from } })
export const removeHook = (room: string, kind: 'incoming' | 'outgoing', hook: string) =>
  request<undefined>({ method: 'DELETE', path: `/rooms/${room}/hooks/${kind}/${hook}` })
