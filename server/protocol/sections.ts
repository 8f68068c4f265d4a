// The sections of somebody's own list of rooms: those that everybody has, and those that they have made.
import { Type, type Static } from 'typebox'
import { limits } from './limits.ts'
import { Closed, Id, Line, Nullable } from './schema.ts'
import { sectionSorts, usualSections } from './section-kinds.ts'

const SectionId = Type.String({
  pattern: `^(?:${usualSections.join('|')}|[1-9][0-9]{0,18})$`,
  description: `an id, or one that everybody has: ${usualSections.join(', ')}`,
  examples: ['7'],
})
const Sort = Type.Enum([...sectionSorts], {
  description: 'by name, the one with the latest message first, or in the order of `rooms`',
})
/** Ids of rooms in one's own order; those that are missing come after them, by name. */
const Order = Type.Array(Id, { maxItems: limits.roomsPerPerson })

export const Section = Closed({
  id: SectionId,
  /** null: one that everybody has, which the app names in each language. */
  name: Nullable(Type.String()),
  folded: Type.Boolean(),
  sort: Sort,
  rooms: Order,
})
export type Section = Static<typeof Section>

/** In the order of the list. */
export const SectionsAnswer = Closed({ sections: Type.Array(Section) })
export const SectionAnswer = Closed({ section: Section })
export const SectionParams = Closed({ section: SectionId })
const Name = Line(limits.sections.nameChars)
export const NewSectionBody = Closed({ name: Name })
/** At least one of these; those that everybody has keep their name and their place. */
export const SectionBody = Type.Object(
  {
    name: Type.Optional(Name),
    /** Among one's own, from 0; above the last is the last. */
    place: Type.Optional(Type.Integer({ minimum: 0, maximum: limits.sections.own })),
    folded: Type.Optional(Type.Boolean()),
    sort: Type.Optional(Sort),
    rooms: Type.Optional(Order),
  },
  { additionalProperties: false, minProperties: 1 },
)
export type SectionsAnswer = Static<typeof SectionsAnswer>
export type SectionAnswer = Static<typeof SectionAnswer>
export type SectionBody = Static<typeof SectionBody>
