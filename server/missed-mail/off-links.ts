// The link that turns these mails off: signed, so that it works without signing in, and does nothing else.
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Bus } from '../bus.ts'
import type { NotifySettingsStore } from '../notify/settings.ts'
import type { ServerKeys } from '../server-keys.ts'

export interface OffLinksDeps {
  keys: ServerKeys
  settings: Pick<NotifySettingsStore, 'of' | 'put'>
  bus: Pick<Bus, 'publish'>
  now?: () => number
}

const codeChars = 22

export class OffLinks {
  readonly #deps: OffLinksDeps

  constructor(deps: OffLinksDeps) {
    this.#deps = deps
  }

  /** Of one person; always the same. */
  async codeFor(user: string): Promise<string> {
    const key = await this.#deps.keys.of('mail-off')
    return `${user}-${createHmac('sha256', key).update(user).digest('base64url').slice(0, codeChars)}`
  }

  /** False: the link was never made here. */
  async turnOff(code: string): Promise<boolean> {
    const [, user] = /^([1-9]\d{0,18})-[\w-]{22}$/.exec(code) ?? []
    if (user === undefined) return false
    const right = Buffer.from(await this.codeFor(user))
    if (right.length !== code.length || !timingSafeEqual(right, Buffer.from(code))) return false
    const { settings, bus, now = Date.now } = this.#deps
    const before = await settings.of(user)
    if (!before.mail.on) return true
    const kept = await settings.put(user, { ...before, mail: { ...before.mail, on: false } }, now())
    if (!('code' in kept))
      bus.publish({ kind: 'event', user, event: { type: 'notify_settings', settings: kept } })
    return true
  }
}
