// Whether a process has ended because the torture ended it; otherwise it ended by itself, which is a finding.

export class MeantEnd {
  #isTold = false
  #wasArmed = false

  /** It was started, and nobody has told it anything. */
  restart(): void {
    this.#isTold = false
    this.#wasArmed = false
  }

  /** It was sent a signal that ends it: from then on it ends, however long that takes and whatever it is told besides. */
  told(): void {
    this.#isTold = true
  }

  /** It was told to kill itself at a point, which it may pass before it learns that it is disarmed. */
  armed(): void {
    this.#wasArmed = true
  }

  isMeant(signal: NodeJS.Signals | null): boolean {
    return this.#isTold || (this.#wasArmed && signal === 'SIGKILL')
  }
}
