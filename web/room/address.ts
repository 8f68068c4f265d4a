// Where a message is read: in its room, or in its thread when it is there alone. Pure.

export const addressOf = (
  room: string,
  { seq, thread, alsoInRoom }: { seq: number; thread?: number; alsoInRoom?: true },
): string =>
  thread === undefined || alsoInRoom === true
    ? `/rooms/${room}/${seq}`
    : `/rooms/${room}/thread/${thread}/${seq}`
