// The badges of the tab and of the app: "(3) garden · Brook" for what is to do, the same number on the icons, and a dot while
// something else is unread. One number for all of them: see web/inbox/inbox.ts.
import { refThrottled, useFavicon, useTitle } from '@vueuse/core'
import { computed, onScopeDispose, watch, type Ref } from 'vue'
import { isInstalled } from './installed.ts'

export interface Badge {
  /** How many things this person was told of and has not seen to. */
  toDo: number
  /** Something in their rooms is unread. */
  isUnread: boolean
}

const waves =
  'M6 11c3.300-3.300 6.700 3.300 10 0s6.700 3.300 10 0M6 16.500c3.300-3.300 6.700 3.300 10 0s6.700 3.300 10 0M6 22c3.300-3.300 6.700 3.300 10 0s6.700 3.300 10 0'

const sign = (mark: string) =>
  `data:image/svg+xml,${encodeURIComponent(
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="9" fill="#00756f"/><path d="${waves}" fill="none" stroke="#fff" stroke-width="2.400" stroke-linecap="round"/>${mark}</svg>`,
  )}`

const plain = '/favicon.svg'
const withDot = sign('<circle cx="25" cy="7" r="6.500" fill="#e5484d" stroke="#fff" stroke-width="1.500"/>')

/** Two digits are what is legible on 16 pixels. */
const withNumber = (count: number) =>
  sign(
    `<rect x="8" y="10" width="24" height="22" rx="8" fill="#c62a2f"/><text x="20" y="27" font-family="system-ui,sans-serif" font-size="17" font-weight="700" text-anchor="middle" fill="#fff">${count > 99 ? '99' : count}</text>`,
  )

/** The icon of the tab. */
export const iconOf = ({ toDo, isUnread }: Badge): string =>
  toDo > 0 ? withNumber(toDo) : isUnread ? withDot : plain

/** Before the title of the tab. */
export function markOf({ toDo, isUnread }: Badge): string {
  if (toDo > 0) return `(${toDo > 999 ? '999+' : toDo}) `
  return isUnread ? '• ' : ''
}

/** Setting a title costs a browser more than drawing a message: in a busy room it is updated once a second. */
const everyMs = 1_000

export function useTabTitle(badge: Ref<Badge>, place: Ref<string | undefined>) {
  const shown = refThrottled(badge, everyMs)
  const title = computed(() => markOf(shown.value) + wordsOf(place.value))
  useTitle(title)
  useFavicon(computed(() => iconOf(shown.value)))
  watch(() => shown.value.toDo, badgeApp, { immediate: true })
  onScopeDispose(() => badgeApp(0))
}

/** The window of an installed app has the app's name beside the title already. */
function wordsOf(place: string | undefined): string {
  if (place === undefined) return 'Brook'
  return isInstalled() ? place : `${place} · Brook`
}

/** On the icon of an app that is installed; where it is none, the browser refuses it. */
function badgeApp(toDo: number): void {
  const { setAppBadge, clearAppBadge } = navigator as Partial<Navigator>
  const done = toDo > 0 ? setAppBadge?.call(navigator, toDo) : clearAppBadge?.call(navigator)
  done?.catch(() => undefined)
}
