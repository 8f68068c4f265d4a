// What somebody is writing in a room, the message it answers, and the message being edited: kept in this browser until
// it is sent or discarded. A draft is shared by all tabs: typing in one shows in the others, and sending clears it
// everywhere. An edit belongs to its tab, because two tabs may edit different messages.
import { computed, shallowRef, type Ref, type ShallowRef } from 'vue'

/** An own message and its edited text in the field. */
export interface KeptEdit {
  seq: number
  text: string
}

interface Shared {
  value: ShallowRef<string>
  /** Storage is blocked or full: only the page has it. */
  isLoose: boolean
}
const shared = new Map<string, Shared>()

const read = (storage: () => Storage, key: string): string | undefined => {
  try {
    return storage().getItem(key) ?? ''
  } catch {
    // Storage is blocked for this page: the draft lives as long as the page.
    return undefined
  }
}

/** False: it could not be stored. */
function keep(storage: () => Storage, key: string, text: string): boolean {
  try {
    if (text === '') storage().removeItem(key)
    else storage().setItem(key, text)
    return true
  } catch {
    // As above; memory has it.
    return false
  }
}

const ofAllTabs = () => localStorage
const ofThisTab = () => sessionStorage

function sharedText(key: string): Ref<string> {
  const one = shared.get(key) ?? { value: shallowRef(read(ofAllTabs, key) ?? ''), isLoose: false }
  shared.set(key, one)
  return computed({
    get: () => one.value.value,
    set: (text) => {
      one.value.value = text
      one.isLoose = !keep(ofAllTabs, key, text)
    },
  })
}

/** Takes over what another tab has stored, for this key or for all. */
function takeOver(key: string | null): void {
  for (const [known, one] of shared) {
    if (key !== null && key !== known) continue
    const text = one.isLoose ? undefined : read(ofAllTabs, known)
    if (text !== undefined) one.value.value = text
  }
}
globalThis.addEventListener('storage', ({ key }) => takeOver(key))
// A tab that slept has missed the events meanwhile.
globalThis.addEventListener('pageshow', () => takeOver(null))
document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && takeOver(null))

/** Names the draft of a room, or of a thread in it; its files have the same name. */
export const draftPlace = (room: string, thread?: number): string =>
  thread === undefined ? room : `${room}.thread.${thread}`

/** `owner` separates the drafts of two people at one browser. */
export const useDraft = (owner: string, room: string): Ref<string> =>
  sharedText(`brook.draft.${owner}.${room}`)

/** The number of the message that the draft answers. */
export function useAnswered(owner: string, room: string): Ref<number | undefined> {
  const text = sharedText(`brook.answers.${owner}.${room}`)
  return computed({
    get: () => Number(text.value) || undefined,
    set: (seq) => (text.value = String(seq ?? '')),
  })
}

const edits = new Map<string, string>()

/** The edit in progress in this tab; it survives a reload and switching rooms. */
export function useKeptEdit(owner: string, room: string): Ref<KeptEdit | undefined> {
  const key = `brook.edit.${owner}.${room}`
  const text = shallowRef(edits.get(key) ?? read(ofThisTab, key) ?? '')
  return computed({
    get: () => readEdit(text.value),
    set: (edit) => {
      text.value = edit === undefined ? '' : `${edit.seq} ${edit.text}`
      edits.set(key, text.value)
      keep(ofThisTab, key, text.value)
    },
  })
}

function readEdit(text: string): KeptEdit | undefined {
  const end = text.indexOf(' ')
  const seq = Number(text.slice(0, Math.max(0, end)))
  return seq > 0 ? { seq, text: text.slice(end + 1) } : undefined
}
