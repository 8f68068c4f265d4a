// What guests may do, and people who have only just joined. They always read, write and react.
import { Type, type Static } from 'typebox'
import { limits } from './limits.ts'
import { Closed } from './schema.ts'

/** A new one is a line here and its words in web/words. */
export const newcomerRights = [
  'createRooms',
  'setTopics',
  'postLinks',
  'bringIn',
  'beginDirects',
  'mentionAll',
] as const
export type NewcomerRight = (typeof newcomerRights)[number]

const newForMs = Type.Integer({
  minimum: 0,
  maximum: limits.newForMs,
  description: 'for how long somebody with a password counts as new, in milliseconds',
})
export const Newcomers = Closed({
  /** Create rooms. */
  createRooms: Type.Boolean(),
  /** Set the topic of a room. */
  setTopics: Type.Boolean(),
  /** Write web addresses. */
  postLinks: Type.Boolean(),
  /** Add people to rooms. */
  bringIn: Type.Boolean(),
  /** Begin direct conversations. */
  beginDirects: Type.Boolean(),
  /** Mention everybody with @room or @here, where their role allows it. */
  mentionAll: Type.Boolean(),
  newForMs,
})
export const NewcomersBody = Type.Partial(Newcomers, { additionalProperties: false })
export type Newcomers = Static<typeof Newcomers>

const all = (is: boolean): Newcomers => ({
  createRooms: is,
  setTopics: is,
  postLinks: is,
  bringIn: is,
  beginDirects: is,
  mentionAll: is,
  newForMs: 0,
})
/** They read, write and react. */
export const careful = all(false)
export const free = all(true)
