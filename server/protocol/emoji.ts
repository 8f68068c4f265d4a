// What may be a reaction: exactly one emoji. Pure; the picker and the server ask the same question.

const one = /^\p{RGI_Emoji}$/v

/** The emoji as it is kept, or undefined. ❤ and ❤️ are one: what Unicode shows as text gets its picture selector. */
export const cleanEmoji = (raw: string): string | undefined =>
  [raw, `${raw}\ufe0f`].find((emoji) => one.test(emoji))
