// What is done with a file in the strip of a composer, by pointer and by key.
import { computed, nextTick, shallowRef } from 'vue'
import { announce } from '../../ui/announce.ts'
import { isolate } from '../../words/isolate.ts'
import { t } from '../../words/words.ts'
import type { HeldFile } from './held.ts'
import { engine } from './load.ts'
import { calledOf } from './state-words.ts'

/** The file that is being dragged, and the one before which it would be; '': at the end. */
const dragged = shallowRef<string>()
const before = shallowRef<string>()

const tileOf = (key: string) => document.querySelector<HTMLElement>(`[data-file="${key}"]`)
/** Where the focus goes if a tile has none any more. */
const focusIn = (tile: Element | null | undefined) =>
  tile?.querySelector<HTMLElement>('button:last-of-type')?.focus()

export function useTile(tile: () => { file: HeldFile; at: number; total: number }) {
  const key = () => tile().file.key
  const name = () => isolate(calledOf(tile().file.shown))

  function moveTo(to: number): void {
    const { total } = tile()
    engine()?.move(key(), to)
    announce(t('attach.moved', { name: name(), n: to + 1, total }))
  }

  function step(by: 1 | -1): void {
    const { at, total } = tile()
    if (at + by < 0 || at + by >= total) return
    const active = document.activeElement
    const index = [...(tileOf(key())?.querySelectorAll('button') ?? [])].findIndex((one) => one === active)
    moveTo(at + by)
    // Moving it in the page takes the focus from it.
    void nextTick(() => {
      const moved = tileOf(key())
      moved?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
      moved?.querySelectorAll('button')[Math.max(0, index)]?.focus()
    })
  }

  function keys(event: KeyboardEvent): void {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key] as 1 | -1 | undefined
    if (by === undefined || !event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return
    event.preventDefault()
    step(by)
  }

  function remove(): void {
    const own = tileOf(key())
    const next = own?.nextElementSibling ?? own?.previousElementSibling
    const form = own?.closest('form')
    announce(t('attach.removed', { name: name() }))
    engine()?.discard([key()])
    void nextTick(() => (next ? focusIn(next) : form?.querySelector<HTMLElement>('textarea')?.focus()))
  }

  return {
    keys,
    step,
    remove,
    pause: (is: boolean) => engine()?.pause([key()], is),
    retry: () => engine()?.retry([key()]),
    isDragged: computed(() => dragged.value === key()),
    isBefore: computed(() => before.value === key() && dragged.value !== key()),
    drag: dragging(key, tile, moveTo),
  }
}

function dragging(
  key: () => string,
  tile: () => { at: number; total: number },
  moveTo: (to: number) => void,
) {
  const end = (): void => {
    dragged.value = undefined
    before.value = undefined
  }
  return {
    dragstart: (event: DragEvent) => {
      // Firefox drags nothing without data; text, so that it can be dropped nowhere else by mistake.
      event.dataTransfer?.setData('text/plain', '')
      if (event.dataTransfer) event.dataTransfer.effectAllowed = 'move'
      dragged.value = key()
    },
    dragover: (event: DragEvent) => {
      if (dragged.value === undefined) return
      event.preventDefault()
      const { left, width } = (event.currentTarget as HTMLElement).getBoundingClientRect()
      const next = (event.currentTarget as HTMLElement).nextElementSibling as HTMLElement | null
      before.value = event.clientX > left + width / 2 ? (next?.dataset['file'] ?? '') : key()
    },
    dragend: end,
    drop: (event: DragEvent) => {
      const moved = dragged.value
      if (moved === undefined) return
      event.preventDefault()
      const tiles = [...((event.currentTarget as HTMLElement).parentElement?.children ?? [])]
      const others = tiles.map((one) => (one as HTMLElement).dataset['file']).filter((one) => one !== moved)
      const to = before.value === '' ? others.length : others.indexOf(before.value)
      if (moved === key()) moveTo(Math.max(0, to))
      else engine()?.move(moved, to < 0 ? tile().at : to)
      end()
    },
  }
}
