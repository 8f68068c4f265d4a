// Which of MySQL's errors speak of one entry's content, and are set aside with it. Every other one is held and retried.

const contentErrors = new Set([
  1406, // ER_DATA_TOO_LONG
  1366, // ER_TRUNCATED_WRONG_VALUE_FOR_FIELD: text that the character set cannot hold
  1264, // ER_WARN_DATA_OUT_OF_RANGE
  1048, // ER_BAD_NULL_ERROR
  1153, // ER_NET_PACKET_TOO_LARGE
])

/** Errors held and retried without end, among them: 1205, 1213, 1040, 2006, 2013, 1290, 1114, ECONNRESET. */
export const isContentError = (error: unknown): boolean =>
  contentErrors.has((error as { errno?: number }).errno ?? 0)
