// What a browser provides to a page: fetch and WebSocket, per tab. With these the real web/wire runs in Node:
// a tab's code runs inside `inTab`, and everything that follows from it (timers, responses) belongs to its tab.
import { AsyncLocalStorage } from 'node:async_hooks'
import { WebSocket as Ws, type RawData } from 'ws'

export interface Tab {
  /** The server for this tab's next connection: a load balancer may choose a different one each time. */
  address: (use: 'socket' | 'http') => string
  cookie: string
  /** False: the network is down; a request fails as it does in a browser. */
  isOnline: () => boolean
  /** Called for every frame; false drops it before it reaches the page. */
  passes: (frame: string) => boolean
  /** The newest socket. */
  socket: Ws | undefined
}

const tabs = new AsyncLocalStorage<Tab>()

export const inTab = <T>(tab: Tab, act: () => T): T => tabs.run(tab, act)

const nodeFetch = globalThis.fetch

function tabFetch(input: string | URL | Request, init: RequestInit = {}): Promise<Response> {
  const tab = tabs.getStore()
  if (tab === undefined || typeof input !== 'string' || !input.startsWith('/')) return nodeFetch(input, init)
  if (!tab.isOnline()) return Promise.reject(new TypeError('offline'))
  const address = tab.address('http')
  const headers = { ...(init.headers as Record<string, string>), cookie: tab.cookie, origin: address }
  return nodeFetch(address + input, { ...init, headers })
}

class TabSocket extends Ws {
  readonly #tab: Tab

  constructor(_url: string) {
    const tab = tabs.getStore()
    if (tab === undefined) throw new Error('a socket needs a tab')
    const address = tab.isOnline() ? tab.address('socket') : 'http://127.0.0.1:9'
    super(`${address.replace('http', 'ws')}/api/ws`, { headers: { cookie: tab.cookie, origin: address } })
    this.#tab = tab
    tab.socket = this
  }

  override emit(event: string, ...args: unknown[]): boolean {
    // ws emits before this constructor has finished only if the URL is invalid.
    if (event === 'error' && this.listenerCount('error') === 0) return true
    if (event === 'message' && !this.#tab.passes(String(args[0] as RawData))) return true
    return tabs.run(this.#tab, () => super.emit(event as 'message', ...(args as [])))
  }
}

Object.assign(globalThis, { fetch: tabFetch, WebSocket: TabSocket })
