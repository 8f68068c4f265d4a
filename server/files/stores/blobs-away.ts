// What an object store that does not answer is to everybody else: away, for now or until somebody mends its setting.

/** Nothing is lost, and asking again later can help. Its message is for the operator: no key, no secret, no query. */
export class BlobsAway extends Error {
  override name = 'BlobsAway'
}
