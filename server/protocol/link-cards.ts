// Link cards: what a page that a message leads to says about itself. Trap: the browser takes only types from here, because the
// schemas would pull in typebox.
import { Type, type Static } from 'typebox'
import { linkCardLimits } from './link-card-limits.ts'
import { Cid, Closed, EntrySeq, Id } from './schema.ts'

const Hash = Type.String({ pattern: '^[0-9a-f]{64}$', description: 'SHA-256 of the picture' })

/** In pixels, as it is kept. */
export const CardImage = Closed({
  hash: Hash,
  width: Type.Integer({ minimum: 1 }),
  height: Type.Integer({ minimum: 1 }),
})

/**
 * `link`: the address as it stands in the message. `site`: what the site calls itself, or its host. The pictures are read under
 * /api/rooms/:room/messages/:seq/cards/:hash.
 */
export const LinkCard = Closed({
  link: Type.String(),
  site: Type.String(),
  title: Type.String(),
  description: Type.Optional(Type.String()),
  image: Type.Optional(CardImage),
  icon: Type.Optional(Hash),
})

/** What a message has beyond its body once its links were looked at; `cardsOff`: the links whose cards were removed, `*`: all. */
export const cardFields = {
  cards: Type.Optional(Type.Array(LinkCard, { minItems: 1 })),
  cardsOff: Type.Optional(Type.Array(Type.String(), { minItems: 1 })),
}

/** The card of which link is removed, for everybody. */
export const RemoveCardBody = Closed({
  cid: Cid,
  link: Type.String({ minLength: 1, maxLength: linkCardLimits.linkChars }),
})
export const CardPictureParams = Closed({ room: Id, seq: EntrySeq, hash: Hash })

/** How one person wants them: open, folded to a line, or not at all. */
export const cardViews = ['open', 'folded', 'hidden'] as const
export const CardView = Closed({ view: Type.Enum([...cardViews]) })

/** Of the workspace. `blocked`: sites of which none is made; those below them neither. */
export const LinkCardSettings = Closed({ on: Type.Boolean(), blocked: Type.Array(Type.String()) })
export const LinkCardSettingsBody = Type.Object(
  {
    on: Type.Optional(Type.Boolean()),
    blocked: Type.Optional(
      Type.Array(Type.String({ maxLength: 1_024 }), { maxItems: 2 * linkCardLimits.blocked }),
    ),
  },
  { additionalProperties: false, minProperties: 1 },
)

export type CardImage = Static<typeof CardImage>
export type LinkCard = Static<typeof LinkCard>
export type CardView = Static<typeof CardView>
export type LinkCardSettings = Static<typeof LinkCardSettings>
export type LinkCardSettingsBody = Static<typeof LinkCardSettingsBody>
