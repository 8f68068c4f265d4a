// What each step of setting up the second factor is called, and what it asks.
import type { Word } from '../words/words.ts'
import type { SetUpStep } from './use-totp-set-up.ts'

export const stepWords: Record<SetUpStep, { title: Word; text: Word }> = {
  password: { title: 'security.factor', text: 'security.confirmText' },
  scan: { title: 'security.scanTitle', text: 'security.scanText' },
  codes: { title: 'security.codesTitle', text: 'security.codesText' },
}

/** Whoever has no password is asked for none. */
export const stepText = (step: SetUpStep, hasPassword: boolean): Word =>
  step === 'password' && !hasPassword ? 'security.factorText' : stepWords[step].text
