// What may be subscribed: an address of a push service on the internet, and the keys of a browser. Pure.
import { createECDH } from 'node:crypto'
import { refuseUrl } from '../address-guard.ts'
import type { Refusal } from '../protocol/errors.ts'
import { limits } from '../protocol/limits.ts'
import type { PushSubscribeBody } from '../protocol/push.ts'

export interface CheckedKeys {
  endpoint: string
  p256dh: Buffer
  auth: Buffer
}

/** `mayBePrivate`: WEBHOOK_PRIVATE=on, which allows http too: a service in a private network may have no certificate. */
export function checkSubscription(
  { endpoint, keys }: PushSubscribeBody,
  mayBePrivate: boolean,
): CheckedKeys | Refusal {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined
  if (url === undefined || url.href.length > limits.push.endpointChars) return { code: 'bad_push_url' }
  if (url.protocol !== 'https:' && !(mayBePrivate && url.protocol === 'http:'))
    return { code: 'bad_push_url' }
  const refused = refuseUrl(url, mayBePrivate)
  if (refused !== undefined) return { code: refused === 'private_url' ? 'private_push_url' : 'bad_push_url' }
  const p256dh = Buffer.from(keys.p256dh, 'base64url')
  const auth = Buffer.from(keys.auth, 'base64url')
  if (p256dh.length !== 65 || auth.length !== 16 || !isPoint(p256dh)) return { code: 'bad_push_keys' }
  return { endpoint: url.href, p256dh, auth }
}

/** Whether nothing can be encrypted for it is known at once, and not with the first message. */
function isPoint(key: Buffer): boolean {
  const ecdh = createECDH('prime256v1')
  ecdh.generateKeys()
  try {
    return ecdh.computeSecret(key).length > 0
  } catch {
    return false
  }
}
