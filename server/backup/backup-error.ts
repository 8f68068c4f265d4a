// A backup that cannot be made or restored, as a person is told of it.

/** Its message is one line for an operator: no passphrase, no address with a key. */
export class BackupError extends Error {
  override name = 'BackupError'
}
