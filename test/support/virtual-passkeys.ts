// A device with passkeys, inside Chromium (CDP's domain WebAuthn): it finds its owner there whenever it is asked.
import type { CDPSession, Page } from 'playwright-core'

export class VirtualPasskeys {
  readonly #cdp: CDPSession
  readonly #id: string

  private constructor(cdp: CDPSession, id: string) {
    this.#cdp = cdp
    this.#id = id
  }

  static async of(page: Page): Promise<VirtualPasskeys> {
    const cdp = await page.context().newCDPSession(page)
    await cdp.send('WebAuthn.enable')
    const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    })
    return new VirtualPasskeys(cdp, authenticatorId)
  }

  /** Whether somebody is there to touch it. */
  async isAttended(enabled: boolean): Promise<void> {
    const { authenticatorId } = { authenticatorId: this.#id }
    await this.#cdp.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled })
  }

  /** Whether it knows the finger that touches it. */
  async knowsOwner(isUserVerified: boolean): Promise<void> {
    await this.#cdp.send('WebAuthn.setUserVerified', { authenticatorId: this.#id, isUserVerified })
  }

  async count(): Promise<number> {
    const { credentials } = await this.#cdp.send('WebAuthn.getCredentials', { authenticatorId: this.#id })
    return credentials.length
  }
}
