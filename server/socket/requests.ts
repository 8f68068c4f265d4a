// The requests of a connection and their results: each passes the gate, and a refusal goes back under its cid.
import { isRefusal } from '../answer.ts'
import type { LongPolls } from '../bot/long-polls.ts'
import type { Bus } from '../bus.ts'
import type { Commands } from '../commands/commands.ts'
import type { Appended } from '../log/entry.ts'
import type { Log } from '../log/log.ts'
import type { Reading } from '../membership/reading.ts'
import type { Watchers } from '../profiles/watchers.ts'
import type { RateLimiter } from '../rate-limiter.ts'
import type {
  Request,
  Delete,
  Edit,
  Pin,
  React,
  Read,
  Resume,
  Send,
  SlashCommand,
  Typing,
  Watch,
} from '../protocol/requests.ts'
import { closes, messageOf, type Refusal } from '../protocol/errors.ts'
import { limits } from '../protocol/limits.ts'
import type { Changes } from '../posting/change.ts'
import { postAction, type Action, type Gate, type Passed } from '../posting/gate.ts'
import type { Say } from '../posting/say.ts'
import type { Connection } from './connection.ts'
import type { ConnectionRegistry } from './connection-registry.ts'
import { parseRequest, type Named } from './parse.ts'
import type { Presence } from './presence.ts'
import type { Rechecks } from './rechecks.ts'
import type { SendTimes } from './send-times.ts'

export interface RequestDeps {
  gate: Gate
  say: Say
  changes: Changes
  commands: Pick<Commands, 'run'>
  connections: ConnectionRegistry
  rechecks: Pick<Rechecks, 'settled'>
  bus: Bus
  /** Where a bot continues: its last acknowledgement. */
  longPolls: Pick<LongPolls, 'resume'>
  resumes: RateLimiter
  /** Of what does nothing in a room. */
  looks: RateLimiter
  watchers: Pick<Watchers, 'watch' | 'forget'>
  presence: Pick<Presence, 'idles' | 'isHere'>
  log: Pick<Log, 'isShedding' | 'epoch'>
  reading: Reading
  times: Pick<SendTimes, 'begin'>
}

/** Handles one text frame: each line is a request of its own, and a bad one does not affect the others. */
export function takeFrame(connection: Connection, text: string, deps: RequestDeps): void {
  if (Buffer.byteLength(text) > limits.frameBytes) return refuseFrame(connection, { code: 'frame_too_large' })
  const lines = text.split('\n').filter((line) => line !== '')
  if (lines.length === 0) return refuseFrame(connection, { code: 'bad_frame' })
  if (lines.length > limits.frameCommands)
    return refuseFrame(connection, {
      code: 'frame_too_large',
      detail: `at most ${limits.frameCommands} commands`,
    })
  for (const line of lines) {
    const parsed = parseRequest(line)
    if ('request' in parsed) take(connection, parsed.request, deps)
    else if (parsed.refusal.code === 'bad_frame') refuseFrame(connection, parsed.refusal)
    else tellRefusal(connection, parsed.refusal, parsed.named)
  }
}

function take(connection: Connection, request: Request, deps: RequestDeps): void {
  switch (request.type) {
    case 'resume':
      return resume(connection, request, deps)
    case 'send':
      return send(connection, request, deps)
    case 'edit':
    case 'delete':
    case 'react':
    case 'pin':
      return change(connection, request, deps)
    case 'typing':
      return type(connection, request, deps)
    case 'read':
      return read(connection, request, deps)
    case 'command':
      return run(connection, request, deps)
    case 'watch':
      return watch(connection, request, deps)
    case 'idle':
      return idle(connection, request.on, deps)
  }
}

function resume(
  connection: Connection,
  { rooms }: Resume,
  { connections, resumes, longPolls }: RequestDeps,
): void {
  const wait = resumes.take(connection.user.id)
  if (wait > 0) return tellRefusal(connection, { code: 'too_many', retryAfterMs: wait })
  if (rooms !== undefined || connection.user.bot !== true) return connections.release(connection, rooms ?? {})
  // Its rooms wait: without its cursors a bot would continue from the heads, and miss what came while it was away.
  connection.isResuming = true
  longPolls
    .resume(connection.user.id)
    .then((cursors) => connections.release(connection, cursors))
    .catch(() => {
      tellRefusal(connection, { code: 'unavailable', retryAfterMs: 5_000 })
      connection.close(closes.moving)
    })
    .finally(() => {
      connection.isResuming = false
    })
}

function watch(connection: Connection, { people }: Watch, { looks, watchers }: RequestDeps): void {
  const wait = looks.take(connection.user.id)
  if (wait > 0) return tellRefusal(connection, { code: 'too_many', retryAfterMs: wait })
  watchers.watch(connection, people)
}

/** Somebody is idle if all of their devices are. */
export function judgeIdle(
  { user: { id } }: Connection,
  { connections, presence }: Pick<RequestDeps, 'connections' | 'presence'>,
): void {
  presence.idles(
    id,
    [...connections.of(id)].every(({ isIdle }) => isIdle),
  )
}

function idle(connection: Connection, isIdle: boolean, deps: RequestDeps): void {
  const wait = deps.looks.take(connection.user.id)
  if (wait > 0) return tellRefusal(connection, { code: 'too_many', retryAfterMs: wait })
  connection.isIdle = isIdle
  judgeIdle(connection, deps)
}

function send(connection: Connection, { type: _type, ...said }: Send, deps: RequestDeps): void {
  const make: Appending['make'] = (by) => deps.say.say(by, said)
  append(connection, { request: said, action: postAction(said), make }, deps)
}

function change(connection: Connection, request: Edit | Delete | React | Pin, deps: RequestDeps): void {
  const { changes } = deps
  const make: Appending['make'] = (by) => {
    switch (request.type) {
      case 'edit':
        return changes.edit(by, request)
      case 'delete':
        return changes.delete(by, request)
      case 'react':
        return changes.react(by, request)
      case 'pin':
        return changes.pin(by, request)
    }
  }
  append(connection, { request, action: request.type, make }, deps)
}

/** A request that becomes an entry of a room, once the gate lets it through. */
interface Appending {
  request: { room: string; cid: string }
  action: Action
  make: (by: Passed) => Promise<Appended | Refusal>
}

/** Answered with the entry's number. */
function append(
  connection: Connection,
  { request: { room, cid }, action, make }: Appending,
  deps: RequestDeps,
): void {
  const named = { cid, room }
  const time = deps.times.begin(cid)
  connection.begin()
  pass(deps, connection, { action, room, cid })
    .then((passed) => (isRefusal(passed) ? passed : make(passed)))
    .then((outcome) => {
      if (isRefusal(outcome)) {
        time.refused()
        return tellRefusal(connection, outcome, named)
      }
      time.acked()
      return connection.tell({ type: 'ack', cid, room, seq: outcome.seq, at: outcome.at })
    })
    .catch(() => tellRefusal(connection, { code: 'internal' }, named))
    .finally(() => connection.done())
}

/** The person receives the answer on all their connections; the acknowledgement is for this one alone. */
function run(connection: Connection, request: SlashCommand, deps: RequestDeps): void {
  const { bus, commands } = deps
  const { room, cid } = request
  const named = { cid, room }
  connection.begin()
  pass(deps, connection, { action: 'command', room, cid })
    .then((passed) => (isRefusal(passed) ? passed : commands.run(passed, request)))
    .then((told) => {
      if (isRefusal(told)) tellRefusal(connection, told, named)
      else if ('message' in told) connection.tell({ type: 'ack', cid, room, ...told.message })
      else bus.publish({ kind: 'event', user: connection.user.id, event: told.note })
    })
    .catch(() => tellRefusal(connection, { code: 'internal' }, named))
    .finally(() => connection.done())
}

/**
 * A request may arrive just after its sender joined, before the notice of the join: then the list of members decides.
 * Invariant: while it is in doubt who may be here, nothing is done; and who waits for it goes on in the order they came.
 */
async function pass(
  { gate, rechecks }: Pick<RequestDeps, 'gate' | 'rechecks'>,
  connection: Connection,
  { action, room, cid }: { action: Action; room: string; cid?: string },
): Promise<Passed | Refusal> {
  const { settled } = rechecks
  if (settled !== undefined) {
    await settled
    if (connection.isClosing) return { code: 'signed_out' }
  }
  return gate.pass({ actor: connection.user, action, room, cid, isIn: connection.rooms })
}

function type(connection: Connection, { room, thread }: Typing, deps: RequestDeps): void {
  const { bus, log, presence } = deps
  // Temporary and unimportant: what exceeds the rate or is not allowed is dropped silently, and no store is queried.
  // Whoever is invisible does not type, as far as others see.
  if (!connection.rooms.has(room) || log.isShedding || !presence.isHere(connection.user.id)) return
  pass(deps, connection, { action: 'type', room })
    .then((passed) => {
      if (isRefusal(passed)) return
      const typing = { kind: 'typing', room, user: passed.person } as const
      bus.publish(thread === undefined ? typing : { ...typing, thread })
    })
    .catch(() => undefined)
}

/** `turn` on the wire is the generation of the read pointer; without one, the current generation applies. */
function read(
  connection: Connection,
  { room, seq, turn: generation = connection.generations.get(room) ?? 0, recount }: Read,
  deps: RequestDeps,
): void {
  const userId = connection.user.id
  pass(deps, connection, { action: 'read', room })
    .then(async (passed) => {
      if (isRefusal(passed)) return tellRefusal(connection, passed, { room })
      const mark = await deps.reading.read(userId, room, { generation, seq }, recount === true)
      deps.bus.publish({ kind: 'read', user: userId, room, ...mark })
    })
    .catch(() => tellRefusal(connection, { code: 'internal' }, { room }))
}

function refuseFrame(connection: Connection, refusal: Refusal): void {
  connection.badFrames += 1
  if (connection.badFrames > limits.badFrames) return connection.close(closes.abuse)
  tellRefusal(connection, refusal)
}

export function tellRefusal(connection: Connection, refusal: Refusal, named: Named = {}): void {
  const { code, retryAfterMs } = refusal
  connection.refused(code)
  connection.tell({
    type: 'error',
    code,
    message: messageOf(refusal),
    ...named,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  })
}
