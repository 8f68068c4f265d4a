// What only this person sees in a room: a bot's private answer, a command that waits for its answer, and why one
// failed. Notes live in this tab until they are dismissed, and are never stored.
import { onScopeDispose, shallowRef } from 'vue'
import { newCid } from '../../../server/protocol/cid.ts'
import type { SlashCommand } from '../../../server/protocol/requests.ts'
import type { NoteEvent } from '../../../server/protocol/events.ts'
import { limits } from '../../../server/protocol/limits.ts'
import type { AnsweredEvent } from '../../wire/feed-events.ts'
import type { Note, Row } from './line.ts'

/** The server answers within its own time; after that the connection has lost the answer. */
const answerWithinMs = limits.commands.timeoutMs + 5_000
/** Older ones are dropped. */
const maxNotes = 20

export interface NoteDeps {
  room: string
  /** False: there is no connection, and nothing was sent. */
  tell: (command: SlashCommand) => boolean
  /** The newest number of the room: a note is shown below it. */
  newest: () => number
}

/** What was typed goes back to who typed it. */
type OnFailed = (() => void) | undefined

export function useNotes({ room, tell, newest }: NoteDeps) {
  const notes = shallowRef<readonly Note[]>([])
  const timers = new Map<string, ReturnType<typeof setTimeout>>()
  const failing = new Map<string, OnFailed>()

  function put(note: Note): void {
    const at = notes.value.findIndex(({ key }) => key === note.key)
    const before = notes.value[at]
    const next =
      before === undefined
        ? [...notes.value, note]
        : notes.value.with(at, { ...note, name: note.name ?? before.name, args: before.args })
    notes.value = next.slice(-maxNotes)
    if (note.state === 'asking') return
    if (note.state === 'failed') failing.get(note.key)?.()
    settle(note.key)
  }

  function settle(key: string): void {
    clearTimeout(timers.get(key))
    timers.delete(key)
    failing.delete(key)
  }

  /** Runs a command. False: nothing was sent, because there is no connection. */
  function ask(name: string, args: string, onFailed?: OnFailed, thread?: number): boolean {
    const cid = newCid()
    const where = thread === undefined ? {} : { thread }
    if (!tell({ type: 'command', room, cid, name, args, ...where })) return false
    const note = { key: cid, name, args, below: newest(), at: Date.now(), ...where }
    failing.set(cid, onFailed)
    put({ ...note, state: 'asking' })
    const late = (): void => put({ ...note, state: 'failed', code: 'command_timeout' })
    timers.set(cid, setTimeout(late, answerWithinMs))
    return true
  }

  function hear(event: NoteEvent): void {
    const { cid, user, text, at, code, name, thread, failed, done } = event
    put({
      key: cid,
      below: newest(),
      at,
      state: code === undefined && failed !== true ? 'said' : 'failed',
      text,
      name,
      ...(user === undefined ? {} : { user }),
      ...(code === undefined ? {} : { code }),
      ...(done === undefined ? {} : { done }),
      ...(thread === undefined ? {} : { thread }),
    })
  }

  /** The bot has answered publicly, or the server has refused the command. */
  function answered({ cid, refusal }: AnsweredEvent): void {
    const asked = notes.value.find(({ key }) => key === cid)
    if (asked?.state !== 'asking') return
    if (refusal === undefined) dismiss(cid)
    else put({ ...asked, state: 'failed', refusal })
  }

  function dismiss(key: string): void {
    settle(key)
    notes.value = notes.value.filter((note) => note.key !== key)
  }

  onScopeDispose(() => [...timers.keys()].forEach(settle))
  return { notes, ask, hear, answered, dismiss }
}

/** Those of the room itself, or of a thread. */
export const notesOf = (notes: readonly Note[], thread?: number): Note[] =>
  notes.filter((note) => note.thread === thread)

/** The rows with the notes among them: each below the line that was the newest when it arrived. */
export function withNotes(rows: Row[], notes: readonly Note[], hasAfter: boolean): Row[] {
  if (notes.length === 0) return rows
  const all = [...rows]
  for (const note of notes) {
    const above = all.findLastIndex(
      (row) =>
        (row.kind === 'line' && row.line.seq !== undefined && row.line.seq <= note.below) ||
        (row.kind === 'note' && row.note.below <= note.below),
    )
    const isLast = !all.slice(above + 1).some((row) => row.kind === 'line' && row.line.seq !== undefined)
    // Below the window: it appears when the window reaches that place.
    if (hasAfter && isLast) continue
    all.splice(above < 0 ? all.length : above + 1, 0, { kind: 'note', key: `note ${note.key}`, note })
  }
  return all
}
