// The workspace's own emoji.
import { Type, type Static } from 'typebox'
import { customEmojiLimits } from './custom-emoji-limits.ts'
import { Person } from './people.ts'
import { Closed, Id, Line, Nullable, Time } from './schema.ts'

/**
 * `v`: names its image. `animated`: it moves, and has a picture that does not. `by`: who added it; null: an import. `mayChange`:
 * whoever asks may rename and remove it.
 */
export const CustomEmoji = Closed({
  id: Id,
  name: Type.String(),
  aliases: Type.Array(Type.String()),
  v: Type.String(),
  animated: Type.Optional(Type.Literal(true)),
  by: Nullable(Person),
  at: Time,
  mayChange: Type.Boolean(),
})
/** By name. `mayAdd`: whoever asks may add one. `version`: as the welcome and the event of a change name it. */
export const CustomEmojiListAnswer = Closed({
  emoji: Type.Array(CustomEmoji),
  mayAdd: Type.Boolean(),
  version: Type.String(),
})
export const CustomEmojiAnswer = Closed({ emoji: CustomEmoji })
const EmojiName = Line(customEmojiLimits.nameChars)
/** At least one of these. `aliases`: all that it is to have. */
export const CustomEmojiBody = Type.Object(
  {
    name: Type.Optional(EmojiName),
    aliases: Type.Optional(Type.Array(EmojiName, { maxItems: 2 * customEmojiLimits.aliases })),
  },
  { additionalProperties: false, minProperties: 1 },
)
export const CustomEmojiParams = Closed({ custom: Id })
export const NewCustomEmojiQuery = Closed({
  name: Type.String({ maxLength: 4 * customEmojiLimits.nameChars, description: 'what it is to be called' }),
})
export const CustomEmojiImageQuery = Closed({
  v: Type.Optional(
    Type.String({
      maxLength: 22,
      description: 'its `v`, with which it is kept for ever; without it, whatever is there now',
    }),
  ),
  still: Type.Optional(
    Type.Literal('1', { description: 'the first picture only; without it, one that moves moves' }),
  ),
})
/** Who adds emoji: administrators, or everybody who has an account. */
export const EmojiBy = Type.Enum(['admins', 'members'])

export type EmojiBy = Static<typeof EmojiBy>
export type CustomEmoji = Static<typeof CustomEmoji>
export type CustomEmojiListAnswer = Static<typeof CustomEmojiListAnswer>
export type CustomEmojiAnswer = Static<typeof CustomEmojiAnswer>
export type CustomEmojiBody = Static<typeof CustomEmojiBody>
