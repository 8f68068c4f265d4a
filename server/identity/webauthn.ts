// What is asked of a browser for a passkey, and whether its answer is good. Uses no store: whoever calls keeps the challenge.
import { createHash } from 'node:crypto'
import { limits } from '../protocol/limits.ts'
import type { PasskeyMade, PasskeyOptions, PasskeyUsed } from '../protocol/passkeys.ts'
import type { RelyingParty } from './relying-party.ts'

/** A key that a device keeps, as MySQL has it. */
export interface KeptKey {
  credentialId: Buffer
  publicKey: Buffer
  transports: readonly string[]
  /** 0: the device does not count. */
  counter: number
}

export interface NamedFor {
  /** The workspace. */
  workspace: string
  /** The person, to whom the device adds the key; and what it knows them by, which says nothing about them. */
  name: string
  handle: Buffer
}

/** ES256, RS256 and EdDSA (RFC 9053): what devices make. The keys of others are larger than our table. */
const algorithms = [-7, -257, -8]

/** Some fifty files, so they are loaded at the first passkey. */
const library = () => import('@simplewebauthn/server')

/** Text of these bytes, as JSON of WebAuthn has it. */
export const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url')
export const hashOfCredential = (credentialId: Uint8Array): Buffer =>
  createHash('sha256').update(credentialId).digest()

/** Known to the device by this instead of by a name or a number of ours; `workspace`: the id of the installation. */
export const handleOf = (workspace: string, userId: string): Buffer =>
  createHash('sha256').update(`${workspace}:${userId}`).digest()

const named = ({ credentialId, transports }: Pick<KeptKey, 'credentialId' | 'transports'>) => ({
  id: textOf(credentialId),
  type: 'public-key' as const,
  transports: [...transports],
})

/** For a new passkey. The device finds it later without a name, and makes sure each time that it is its owner. */
export function optionsToMake(
  { id }: RelyingParty,
  challenge: string,
  { workspace, name, handle }: NamedFor,
  known: readonly KeptKey[],
): PasskeyOptions {
  return {
    rp: { id, name: workspace },
    user: { id: textOf(handle), name, displayName: name },
    challenge,
    pubKeyCredParams: algorithms.map((alg) => ({ type: 'public-key', alg })),
    timeout: limits.identity.passkeyMs,
    excludeCredentials: known.map(named),
    authenticatorSelection: {
      residentKey: 'required',
      requireResidentKey: true,
      userVerification: 'required',
    },
    attestation: 'none',
  }
}

/** To sign in. `known`: those of one person; empty: of whoever it is. */
export const optionsToUse = (
  { id }: RelyingParty,
  challenge: string,
  known: readonly KeptKey[],
): PasskeyOptions => ({
  rpId: id,
  challenge,
  timeout: limits.identity.passkeyMs,
  allowCredentials: known.map(named),
  userVerification: 'required',
})

/** The key that a browser has made; undefined: for another challenge or another site, or it is no such key. */
export async function readMade(
  { id, origins }: RelyingParty,
  challenge: string,
  { id: credential, clientDataJSON, attestationObject, transports }: PasskeyMade,
): Promise<KeptKey | undefined> {
  const { verifyRegistrationResponse } = await library()
  const answer = await verifyRegistrationResponse({
    response: {
      id: credential,
      rawId: credential,
      type: 'public-key',
      response: { clientDataJSON, attestationObject },
      clientExtensionResults: {},
    },
    expectedChallenge: challenge,
    expectedOrigin: origins,
    expectedRPID: id,
    requireUserVerification: true,
    supportedAlgorithmIDs: algorithms,
  }).catch(() => undefined)
  if (answer?.verified !== true) return undefined
  const { id: credentialId, publicKey, counter } = answer.registrationInfo.credential
  return {
    credentialId: Buffer.from(credentialId, 'base64url'),
    publicKey: Buffer.from(publicKey),
    transports,
    counter,
  }
}

/** Its counter afterwards; undefined: this key has not signed this challenge on a page of ours, or counts backwards. */
export async function readUsed(
  { id, origins }: RelyingParty,
  challenge: string,
  { clientDataJSON, authenticatorData, signature }: PasskeyUsed,
  { credentialId, publicKey, counter }: KeptKey,
): Promise<{ counter: number } | undefined> {
  const { verifyAuthenticationResponse } = await library()
  const credential = textOf(credentialId)
  const answer = await verifyAuthenticationResponse({
    response: {
      id: credential,
      rawId: credential,
      type: 'public-key',
      response: { clientDataJSON, authenticatorData, signature },
      clientExtensionResults: {},
    },
    expectedChallenge: challenge,
    expectedOrigin: origins,
    expectedRPID: id,
    credential: { id: credential, publicKey: Uint8Array.from(publicKey), counter },
    requireUserVerification: true,
  }).catch(() => undefined)
  return answer?.verified === true ? { counter: answer.authenticationInfo.newCounter } : undefined
}
