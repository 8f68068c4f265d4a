// What one does with the messages of a room on screen: which dialog is open for which message, and what is being edited.
import { computed, provide, shallowRef, watch, type Ref } from 'vue'
import type { User } from '../../server/protocol/people.ts'
import { may, mayReadRevisions, type Right } from '../../server/protocol/rights.ts'
import type { KeptEdit } from '../composer/draft.ts'
import type { RoomFace } from '../room/room-face.ts'
import type { OwnChange } from '../wire/outgoing.ts'
import type { MessageLine } from './line.ts'
import { messageActs, type MessageActs } from './message-acts.ts'
import { findLine } from './rows.ts'

interface Doors {
  face: () => Pick<RoomFace, 'room' | 'rows' | 'quoted' | 'lookUp' | 'status' | 'hasAfter' | 'lastOwn'>
  user: () => User
  change: (change: OwnChange) => void
  goTo: (seq: number) => void
  /** None: a thread has no such mark. */
  markUnread?: (seq: number) => void
  saved: SavedDoor
  /** None: this is a thread itself. */
  threads?: ThreadsDoor | undefined
  draft: Ref<string>
  /** The edit under way, as it was left: it goes on where its message is on the list. */
  kept: Ref<KeptEdit | undefined>
}

/** What one has saved of this room. */
export interface SavedDoor {
  has: (seq: number) => boolean
  toggle: (seq: number) => void
}

/** The threads of this room. */
export interface ThreadsDoor {
  open: (root: number, reply?: number) => void
  isFresh: (root: number) => boolean
}

export interface OpenDialog {
  what: 'sheet' | 'emoji' | 'delete' | 'history'
  line: MessageLine
}

/** Provides the acts to the rows; call it in the screen's setup. */
export function useActs({ face, user, change, goTo, markUnread, saved, threads, draft, kept }: Doors) {
  const dialog = shallowRef<OpenDialog>()
  const editing = shallowRef<MessageLine>()

  const isInside = (line: MessageLine): boolean =>
    line.seq !== undefined && line.deletedAt === null && face().room?.joined === true
  const mayEdit = (line: MessageLine): boolean => line.own && isInside(line)
  const has = (right: Right): boolean => {
    const { room } = face()
    return room !== undefined && may(right, { ...room, admin: user().admin })
  }
  const mayReadHistory = (line: MessageLine): boolean => {
    const { room } = face()
    if (room === undefined || line.seq === undefined) return false
    const isEdited = line.editedAt !== null && line.deletedAt === null
    return isEdited && mayReadRevisions(room.revisions, { ...room, admin: user().admin })
  }
  const keepsOrder = computed(() => has('deleteOthers'))
  const mayPin = computed(() => has('pin'))

  function react(line: MessageLine, emoji: string): void {
    if (line.seq === undefined) return
    const kind = line.reactions.find((one) => one.emoji === emoji)
    const on = kind?.users.some(({ id }) => id === user().id) !== true
    change({ type: 'react', seq: line.seq, emoji, on })
  }

  function remove(line: MessageLine): void {
    if (line.seq !== undefined) change({ type: 'delete', seq: line.seq })
    if (editing.value?.seq === line.seq) endEdit()
  }

  /** The draft stands aside until the edit is saved or given up. */
  function edit(line: MessageLine, text = line.text): void {
    if (line.seq === undefined) return
    editing.value = line
    kept.value = { seq: line.seq, text }
  }

  function endEdit(): void {
    editing.value = undefined
    kept.value = undefined
  }

  let isResumed = false
  watch(
    () => face().status === 'ready',
    (isReady) => {
      if (!isReady || isResumed) return
      isResumed = true
      const was = kept.value
      const line = was && findLine(face().rows, was.seq)
      if (line && mayEdit(line)) edit(line, was.text)
    },
    { immediate: true },
  )

  /** Saves what is being edited; the same words are no change. */
  function save(text: string): void {
    const line = editing.value
    endEdit()
    if (line?.seq !== undefined && text !== line.text) change({ type: 'edit', seq: line.seq, text })
  }

  function editLast(): void {
    const said = face().hasAfter ? face().lastOwn?.() : undefined
    if (said && mayEdit(said)) return edit(said)
    const last = face().rows.findLast(
      (row) => row.kind === 'line' && row.line.kind === 'message' && mayEdit(row.line),
    )
    if (last?.kind === 'line' && last.line.kind === 'message') edit(last.line)
  }

  const acts: MessageActs = {
    get ownId() {
      return user().id
    },
    mayEdit,
    mayDelete: (line) => isInside(line) && (line.own || keepsOrder.value),
    mayReact: isInside,
    mayPin: (line) => isInside(line) && mayPin.value,
    pin: (line) => {
      if (line.seq !== undefined) change({ type: 'pin', seq: line.seq, on: line.pinnedBy === undefined })
    },
    mayReadHistory,
    history: (line) => (dialog.value = { what: 'history', line }),
    react,
    edit: (line) => edit(line),
    isThread: threads === undefined,
    mayThread: ({ seq, thread, deletedAt }) =>
      threads !== undefined && seq !== undefined && thread === undefined && deletedAt === null,
    openThread: ({ seq, thread }) => {
      if (thread !== undefined) threads?.open(thread, seq)
      else if (seq !== undefined) threads?.open(seq)
    },
    isFresh: (thread) => threads?.isFresh(thread) === true,
    maySave: ({ seq, deletedAt }) => seq !== undefined && deletedAt === null,
    isSaved: ({ seq }) => seq !== undefined && saved.has(seq),
    save: ({ seq }) => seq !== undefined && saved.toggle(seq),
    goTo,
    quoted: (seq) => face().quoted(seq),
    lookUp: (seq) => face().lookUp(seq),
    mayMarkUnread: (line) => markUnread !== undefined && isInside(line),
    markUnread: (line) => line.seq !== undefined && isInside(line) && markUnread?.(line.seq),
    pick: (line) => (dialog.value = { what: 'emoji', line }),
    remove: (line) => (dialog.value = { what: 'delete', line }),
    more: (line) => (dialog.value = { what: 'sheet', line }),
  }
  provide(messageActs, acts)

  /** What the composer shows: the message being edited, or the draft. */
  const text = computed({
    get: () => (editing.value === undefined ? draft.value : (kept.value?.text ?? '')),
    set: (next) => {
      if (kept.value === undefined || editing.value === undefined) draft.value = next
      else kept.value = { ...kept.value, text: next }
    },
  })
  return { acts, dialog, editing, text, edit, endEdit, editLast, save, remove }
}
