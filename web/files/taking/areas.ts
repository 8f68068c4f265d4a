// Where files can be given on the page: each composer on screen has an area, its conversation. A file that is dropped or
// pasted anywhere goes to one of them, or is answered in words: without this, a browser would leave the page to show it.
import { useEventListener } from '@vueuse/core'
import { onBeforeUnmount, onMounted, shallowReactive, shallowRef, type ShallowRef } from 'vue'
import { tellRefused } from '../../ui/notify.ts'
import { t } from '../../words/words.ts'
import { filesOf, hasFiles, pastedFiles, type FolderFound } from './given.ts'

type Take = (given: readonly (File | FolderFound)[]) => void

const areas = new Map<Element, Take>()

/** Files are being dragged over the page, and over this area. */
export const dragging = shallowReactive<{ isOn: boolean; over: Element | undefined }>({
  isOn: false,
  over: undefined,
})

/** The conversation around `inside` takes files, as long as the component is there. */
export function useFileArea(inside: () => Element | null, take: Take): ShallowRef<Element | undefined> {
  const area = shallowRef<Element>()
  onMounted(() => {
    area.value = inside()?.closest('[data-takes-files]') ?? undefined
    if (area.value) areas.set(area.value, take)
  })
  onBeforeUnmount(() => {
    if (area.value && areas.get(area.value) === take) areas.delete(area.value)
  })
  return area
}

const areaAt = (target: EventTarget | null): Element | undefined => {
  const area = target instanceof Element ? target.closest('[data-takes-files]') : null
  return area !== null && areas.has(area) ? area : undefined
}

/** A dialog takes what is given to it itself, or nothing. */
const isInDialog = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest('[role=dialog]') !== null

/** For the whole page. */
export function useGivenFiles(): void {
  /** What is dragged from the page itself, such as a picture of a message, is not given to it. */
  let isOwn = false
  useEventListener(window, 'dragstart', () => (isOwn = true), { capture: true })
  useEventListener(window, 'dragend', () => (isOwn = false), { capture: true })

  function end(): void {
    dragging.isOn = false
    dragging.over = undefined
  }
  useEventListener(window, 'dragover', (event) => {
    if (!hasFiles(event.dataTransfer)) return
    event.preventDefault()
    if (isOwn || document.querySelector('[role=dialog]') !== null) return
    dragging.isOn = true
    dragging.over = areaAt(event.target)
    if (event.dataTransfer) event.dataTransfer.dropEffect = dragging.over ? 'copy' : 'none'
  })
  useEventListener(window, 'dragleave', (event) => {
    // To another window, not to another element.
    if (event.relatedTarget === null) end()
  })
  useEventListener(window, 'drop', (event) => {
    end()
    const data = event.dataTransfer
    if (data === null || !hasFiles(data)) return
    const isTaken = event.defaultPrevented || isInDialog(event.target)
    event.preventDefault()
    if (!isOwn && !isTaken) give(areaAt(event.target), filesOf(data))
    isOwn = false
  })
  useEventListener(window, 'paste', (event) => {
    if (event.defaultPrevented || isInDialog(event.target)) return
    const given = pastedFiles(event.clipboardData)
    if (given.length === 0) return
    event.preventDefault()
    // Whoever pastes while nothing has the focus means the conversation on screen.
    give(areaAt(event.target) ?? [...areas.keys()].at(-1), given)
  })
}

function give(area: Element | undefined, given: readonly (File | FolderFound)[]): void {
  const take = area && areas.get(area)
  if (take !== undefined) take(given)
  else tellRefused(t('attach.notHere'))
}

/** Lets the person choose files; `camera`: takes a picture with the phone. Called while a click is handled. */
export function pickFiles(take: Take, { camera = false } = {}): void {
  const input = document.createElement('input')
  input.type = 'file'
  if (camera) {
    input.accept = 'image/*'
    input.capture = 'environment'
  } else input.multiple = true
  input.hidden = true
  const done = () => input.remove()
  input.addEventListener('cancel', done)
  input.addEventListener('change', () => {
    take([...(input.files ?? [])])
    done()
  })
  // Some browsers do nothing for an input outside of the page.
  document.body.append(input)
  input.click()
}
