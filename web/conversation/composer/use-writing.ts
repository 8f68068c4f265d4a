// What is being written in a conversation: the draft, the message it answers, or the message being edited; and sending
// it.
import { computed, nextTick, reactive, shallowRef, watch, type Ref } from 'vue'
import type { OfferedCommand } from '../../../server/protocol/http.ts'
import type { User } from '../../../server/protocol/people.ts'
import { useAttachments, type Attachments } from '../../files/taking/attachments.ts'
import type { Outgoing, SentBody } from '../../wire/outgoing.ts'
import type { Refusal } from '../../wire/refusal.ts'
import type { MessageLine } from '../lines/line.ts'
import { findLine, spokenOf } from '../lines/rows.ts'
import { showNewest, type ListHandle } from '../list/list-control.ts'
import type { Timeline } from '../timeline.ts'
import type { Circle } from './completion/sources/people.ts'
import type { KeptEdit } from './draft.ts'
import { useAnswering, type Answered } from './use-answering.ts'

/** Reactive. */
export interface Writing {
  /** The field's text: the message being edited, or the draft. */
  text: string
  /** The message that the draft answers, once it is loaded. */
  answering: Answered | undefined
  /** The own message that is being edited. */
  editing: MessageLine | undefined
  /** Fields of the next message besides its text and the message it answers. */
  extra: Partial<SentBody>
  /** The files that go along with the next message. */
  attachments: Attachments

  send: (text: string) => Promise<void>
  /** What a message with this text is, with what it answers and the other fields. */
  bodyOf: (text: string) => SentBody
  /** It was sent, or will be: the next message answers nothing. */
  done: () => void
  /** Saves the edit; an unchanged text is no change. */
  save: (text: string) => void
  /** Runs a command. False: there is no connection, and the typed text stays. */
  ask: (name: string, args: string) => boolean
  answer: (line: MessageLine) => void
  endAnswer: () => void
  /** Edits a message; the draft is put aside until the edit is saved or cancelled. */
  edit: (line: MessageLine, text?: string) => void
  endEdit: () => void
  editLast: () => void
  /** Returns a refused item for changes: an edit as an edit, another text in addition to the draft. */
  takeBack: (item: Outgoing | undefined) => void
  typing: () => void
  /** Whom a message here can mention. */
  circle: () => Circle
  listCommands: () => Promise<OfferedCommand[] | Refusal>
  focus: () => void
  /** The field is on screen; undefined: it no longer is. */
  attach: (field: { focus: () => void } | undefined) => void
}

export interface WritingDeps {
  timeline: Timeline
  list: ListHandle
  mayEdit: (line: MessageLine) => boolean
  draft: Ref<string>
  /** Whose draft it is, and where: its files are kept under it. */
  user: () => User
  place?: string
  /** The number of the message that the draft answers. */
  answered: Ref<number | undefined>
  /** The stored edit in progress: it continues if its message is on the list. */
  keptEdit: Ref<KeptEdit | undefined>
  circle: () => Circle
  listCommands: () => Promise<OfferedCommand[] | Refusal>
}

export function useWriting(deps: WritingDeps): Writing {
  const { timeline, list, draft, answered } = deps
  const extra = shallowRef<Partial<SentBody>>({})
  const editing = useEditing(deps)
  const attachments = useAttachments(deps.user().id, deps.place ?? '')
  let field: { focus: () => void } | undefined
  const focus = (): void => field?.focus()

  function bodyOf(text: string): SentBody {
    const replyTo = answered.value
    return { text, ...(replyTo === undefined ? {} : { replyTo }), ...extra.value }
  }

  function done(): void {
    answered.value = undefined
    extra.value = {}
  }

  async function send(text: string): Promise<void> {
    const attached = attachments.take()
    timeline.send(attached === undefined ? bodyOf(text) : { ...bodyOf(text), attached })
    done()
    await showNewest(timeline, list)
  }

  function takeBack(item: Outgoing | undefined): void {
    if (item?.change?.type === 'edit') {
      const line = findLine(timeline.rows, item.change.seq)
      if (line) editing.edit(line, item.change.text)
    } else if (item !== undefined && item.change === undefined) {
      draft.value = [draft.value, item.text].filter((one) => one.trim() !== '').join('\n')
      attachments.takeBack(item)
    }
    focus()
  }

  /** A command that failed stands in the field again, if nothing else does. */
  const giveBack = (typed: string): void => {
    if (draft.value === '') draft.value = typed
  }

  return reactive({
    ...editing,
    extra,
    attachments,
    answering: useAnswering(answered, timeline),
    send,
    bodyOf,
    done,
    takeBack,
    focus,
    ask: (name: string, args: string) => {
      const typed = draft.value
      const isAsked = timeline.ask(name, args, () => giveBack(typed))
      if (isAsked) void nextTick(list.toEnd)
      return isAsked
    },
    answer: (line: MessageLine) => {
      editing.endEdit()
      answered.value = line.seq
      void nextTick(focus)
    },
    endAnswer: () => void (answered.value = undefined),
    typing: () => timeline.tellTyping(),
    circle: deps.circle,
    listCommands: deps.listCommands,
    attach: (next: typeof field) => void (field = next),
  })
}

/** The edit in progress, and the field's text, which is the edit's or the draft's. */
function useEditing({ timeline, mayEdit, draft, keptEdit }: WritingDeps) {
  const editing = shallowRef<MessageLine>()

  function edit(line: MessageLine, text = line.text): void {
    if (line.seq === undefined) return
    editing.value = line
    keptEdit.value = { seq: line.seq, text }
  }

  function endEdit(): void {
    editing.value = undefined
    keptEdit.value = undefined
  }

  function save(text: string): void {
    const line = editing.value
    endEdit()
    if (line?.seq !== undefined && text !== line.text) timeline.change({ type: 'edit', seq: line.seq, text })
  }

  function editLast(): void {
    const own = timeline.hasAfter ? timeline.lastOwn() : undefined
    if (own && mayEdit(own)) return edit(own)
    const last = timeline.rows.map(spokenOf).findLast((line) => line !== undefined && mayEdit(line))
    if (last) edit(last)
  }

  let isResumed = false
  watch(
    () => timeline.status === 'ready',
    (isReady) => {
      if (!isReady || isResumed) return
      isResumed = true
      const was = keptEdit.value
      const line = was && findLine(timeline.rows, was.seq)
      if (line && mayEdit(line)) edit(line, was.text)
    },
    { immediate: true },
  )

  const text = computed({
    get: () => (editing.value === undefined ? draft.value : (keptEdit.value?.text ?? '')),
    set: (next) => {
      if (keptEdit.value === undefined || editing.value === undefined) draft.value = next
      else keptEdit.value = { ...keptEdit.value, text: next }
    },
  })
  return { text, editing, edit, endEdit, save, editLast }
}
