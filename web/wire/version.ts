// Whether this page is still the one that the server has. A page of an older build is offered the new one; one that cannot load
// a part of itself reloads, once, if there is another build and nothing is lost by it, or says so.
import { shallowRef, type ShallowRef } from 'vue'

/** `old`: the server has another build. `broken`: a part of this page could not be loaded. */
export type Version = 'current' | 'old' | 'broken'

export interface VersionDeps {
  /** The build of this page; undefined: it was not built (Vite serves it). */
  own: string | undefined
  /** The text of the page as the server has it now. @throws when the server cannot be reached */
  askPage: () => Promise<string>
  reload: () => void
  /** Somebody is typing, or in a dialog, whose words a reload would lose. */
  isBusy: () => boolean
  storage: () => Pick<Storage, 'getItem' | 'setItem'>
  /** ms since 1970 */
  now: () => number
}

export interface PageVersion {
  state: ShallowRef<Version>
  /** The server has said which build it has. */
  heard: (build: string | undefined) => void
  /** A part of the page could not be loaded. */
  partMissing: () => Promise<void>
}

/** Servers of two builds behind one address may answer in turn: within this time a page reloads itself once. */
const onceInMs = 10 * 60_000
const key = 'brook.reloaded'

export function openVersion(deps: VersionDeps): PageVersion {
  const { own, askPage, reload, isBusy, now } = deps
  const state = shallowRef<Version>('current')
  const heard = (build: string | undefined): void => {
    if (own === undefined || build === undefined || state.value === 'broken') return
    state.value = build === own ? 'current' : 'old'
  }
  const partMissing = async (): Promise<void> => {
    const there = buildOf(await askPage().catch(() => ''))
    if (there === undefined || there === own || isBusy() || !mayReload()) state.value = 'broken'
    else reload()
  }
  /** False: it has just been done, or could not be remembered. */
  const mayReload = (): boolean => {
    try {
      const last = Number(deps.storage().getItem(key) ?? Number.NaN)
      if (Math.abs(now() - last) < onceInMs) return false
      deps.storage().setItem(key, String(now()))
      return true
    } catch {
      return false
    }
  }
  return { state, heard, partMissing }
}

const buildOf = (page: string): string | undefined =>
  /<meta name="brook-build" content="([^"]+)"/.exec(page)?.[1]
