// What somebody has begun to write in a room: kept in this browser until it is sent.
import { ref, watch, type Ref } from 'vue'

const memory = new Map<string, string>()

function read(key: string): string {
  try {
    return memory.get(key) ?? localStorage.getItem(key) ?? ''
  } catch {
    // Storage is closed to this page: the draft lives as long as the page.
    return ''
  }
}

function keep(key: string, text: string) {
  memory.set(key, text)
  try {
    if (text === '') localStorage.removeItem(key)
    else localStorage.setItem(key, text)
  } catch {
    // As above; the memory has it.
  }
}

/** `owner` keeps the drafts of two people at one browser apart. */
export function useDraft(owner: string, room: string): Ref<string> {
  const key = `brook.draft.${owner}.${room}`
  const text = ref(read(key))
  watch(text, (next) => keep(key, next))
  return text
}
