// The limits of link cards. Apart from `limits`, so that the sign-in page does not carry them.
import { hour, kib, minute, second } from './units.ts'

export const linkCardLimits = {
  /** Cards of one message: three fit on a phone beside the words. */
  atMost: 3,
  /** Characters of an address that is looked up; longer ones are tokens, and not pages. */
  linkChars: 2_048,
  titleChars: 200,
  descriptionChars: 400,
  siteChars: 80,
  /** Cards that are removed one by one from one message, over all of its edits; after that it has none at all. */
  removed: 30,
  /** A page: its head comes within this, or there is no card. */
  page: { ms: 3 * second, bytes: 256 * kib, redirects: 3 },
  /** Its picture, with the sign of the site: fetched together, in as much time again. */
  image: { ms: 3 * second, bytes: 4 * 1024 * kib, widthPx: 800, heightPx: 800, smallestPx: 48 },
  icon: { bytes: 256 * kib, widthPx: 32, heightPx: 32, smallestPx: 8 },
  /** For how long a page is not asked again, and one that had nothing to show or did not answer. */
  rememberedMs: { page: hour, nothing: 10 * minute },
  /** Of the entries that are looked at together. */
  batch: 500,
  /** A process that looks for links and does not say so for this long is replaced. It says so four times as often. */
  leaseSeconds: 4,
  renewMs: second,
  /** Between two looks at what is new: of a burst all is looked at together. */
  restMs: 50,
  /** How often its place in the log is written down where nothing was found. */
  placeMs: 5 * second,
  /** Messages whose pages are asked at once by one process for one shard. */
  atOnce: 8,
  /** What the log or MySQL did not take is tried again so often, later each time. */
  tries: 6,
  retryMs: 2 * second,
  /** A card that comes later than this after its message would only surprise. */
  lateMs: 10 * minute,
  /** Sites that the workspace blocks. */
  blocked: 200,
  /** Pictures without a message are looked for. */
  sweep: { everyMs: 10 * minute, atOnce: 200, afterMs: 2 * hour },
} as const
