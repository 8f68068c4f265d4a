// Why somebody is told of something: every cause, the first that applies in this order. Shared by the server, which decides,
// and the browser, which says it in words.
export const notifyCauses = {
  /** A reminder that they asked for. */
  reminder: {},
  /** Their name, or everybody's. */
  mention: {},
  /** A group that they are in. */
  group: {},
  /** A direct message. */
  direct: {},
  /** One of their keywords. */
  keyword: {},
  /** A reply in a thread that they follow. */
  thread: {},
  /** They want to hear of everything in the room. */
  all: {},
  /** A poll that they made or voted in is over. */
  poll: {},
  /** A message is reported and waits for them, or a report of theirs was answered. */
  report: {},
} as const satisfies Record<string, object>

export type NotifyCause = keyof typeof notifyCauses

export const causeNames = Object.keys(notifyCauses) as NotifyCause[]
