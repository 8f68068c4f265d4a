// What rows need from their list: other messages on it, and which long ones are unfolded.
import { computed, inject, provide, reactive, type InjectionKey } from 'vue'
import type { MessageLine, Row } from '../lines/line.ts'
import { spokenOf } from '../lines/rows.ts'

interface DrawnList {
  /** The message with this number, if it is on the list. */
  lineAt: (seq: number) => MessageLine | undefined
  /** By the key of a row, or of something in one. */
  isUnfolded: (key: string) => boolean
  /** `row`: the one that it is in. */
  toggleFold: (key: string, row?: string) => void
}

const drawnList: InjectionKey<DrawnList> = Symbol('drawnList')

/** `keepTop` applies what makes a row taller, and keeps its top in place. */
export function provideDrawnList(
  rows: () => Row[],
  keepTop: (key: string, change: () => void) => unknown,
): void {
  const bySeq = computed(() => {
    const found = new Map<number, MessageLine>()
    for (const row of rows()) {
      const line = spokenOf(row)
      if (line?.seq !== undefined) found.set(line.seq, line)
    }
    return found
  })
  const unfolded = reactive(new Set<string>())
  provide(drawnList, {
    lineAt: (seq) => bySeq.value.get(seq),
    isUnfolded: (key) => unfolded.has(key),
    toggleFold: (key, row = key) =>
      unfolded.has(key) ? unfolded.delete(key) : keepTop(row, () => unfolded.add(key)),
  })
}

export function useDrawnList(): DrawnList {
  const list = inject(drawnList)
  if (list === undefined) throw new Error('No list above this row provides what rows ask for.')
  return list
}
