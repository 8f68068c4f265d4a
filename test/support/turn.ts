// Waiting in unit tests: until everything that can proceed without a clock or a network has done so.

export const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve))

/** Whether a promise has settled once everything that can proceed has. */
export async function isWaiting(promise: Promise<unknown>): Promise<boolean> {
  let settled = false
  const settle = (): void => {
    settled = true
  }
  promise.then(settle, settle)
  await turn()
  return !settled
}
