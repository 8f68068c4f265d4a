// What this browser does with passkeys: whether it can, making one, and signing with one. The library loads when it is needed.
import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/browser'
import type { PasskeyMade, PasskeyOptions, PasskeyUsed } from '../../server/protocol/passkeys.ts'

/** Why no passkey can be made or used on this page: not over TLS, under an IP address, or the browser has none. */
export type Hindrance = 'insecure' | 'address' | 'unsupported'

export function passkeyHindrance(): Hindrance | undefined {
  const { hostname } = location
  if (/^[\d.]+$|^\[/.test(hostname)) return 'address'
  if (!isSecureContext) return 'insecure'
  return typeof PublicKeyCredential === 'undefined' ? 'unsupported' : undefined
}

/** What came of asking a device, if not what was asked for: somebody has closed the question, it has one already, or it cannot. */
export type Unmade = 'cancelled' | 'known' | 'failed'

const library = () => import('@simplewebauthn/browser')

function unmadeOf(error: unknown): Unmade {
  const name = error instanceof Error ? error.name : ''
  if (name === 'InvalidStateError') return 'known'
  // No device, no finger, or a closed question: browsers do not tell which.
  return name === 'NotAllowedError' || name === 'AbortError' ? 'cancelled' : 'failed'
}

export async function makePasskey(options: PasskeyOptions): Promise<PasskeyMade | Unmade> {
  try {
    const { startRegistration } = await library()
    const optionsJSON = options as unknown as PublicKeyCredentialCreationOptionsJSON
    const { id, response } = await startRegistration({ optionsJSON })
    const { clientDataJSON, attestationObject, transports = [] } = response
    return { id, clientDataJSON, attestationObject, transports }
  } catch (error) {
    return unmadeOf(error)
  }
}

/** `isAutofill`: it is offered among what the browser fills into the name field, and waits until somebody chooses it. */
export async function usePasskey(
  options: PasskeyOptions,
  { isAutofill = false } = {},
): Promise<PasskeyUsed | Unmade> {
  try {
    const { startAuthentication } = await library()
    const optionsJSON = options as unknown as PublicKeyCredentialRequestOptionsJSON
    const { id, response } = await startAuthentication({ optionsJSON, useBrowserAutofill: isAutofill })
    const { clientDataJSON, authenticatorData, signature, userHandle = '' } = response
    return { id, clientDataJSON, authenticatorData, signature, userHandle }
  } catch (error) {
    return unmadeOf(error)
  }
}

export async function canAutofill(): Promise<boolean> {
  return passkeyHindrance() === undefined && (await library()).browserSupportsWebAuthnAutofill()
}

/** Ends a question that waits, such as that of autofill. */
export async function stopAsking(): Promise<void> {
  ;(await library()).WebAuthnAbortService.cancelCeremony()
}

/** Brook does not know this one: the device need not offer it again. Not every browser takes note. */
export function forgetUnknown(rpId: unknown, credentialId: string): void {
  const { PublicKeyCredential: known } = globalThis as {
    PublicKeyCredential?: { signalUnknownCredential?: (one: object) => Promise<void> }
  }
  known?.signalUnknownCredential?.({ rpId, credentialId }).catch(() => undefined)
}
