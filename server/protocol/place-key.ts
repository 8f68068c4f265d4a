// The key of a message in a map. A number is unique only within its room. A thread is known by its root. MySQL answers
// either as a number or as its digits.

type Id = string | number

export const placeKey = (room: Id, seq: Id): string => `${room} ${seq}`
