// The limits of profiles, faces and presence; read them in `limits`.
import { hour, kib, minute, second } from './units.ts'

export const profileLimits = {
  profiles: {
    /** Characters of a job title: "Head of Something, Somewhere". */
    titleChars: 80,
    pronounsChars: 32,
    /** A few sentences, which a card shows whole. */
    aboutChars: 500,
    /** A status stands in one line of a list. */
    statusChars: 100,
    /** Of a status that ends by itself: whoever is away for longer changes it anyway. */
    statusMs: 366 * 24 * hour,
    /** Characters of a search, and its words, each of which is looked for in all names. */
    queryChars: 100,
    queryWords: 5,
    /** People in a page of the directory: a few screens. */
    page: { default: 50, max: 200 },
    /** Rooms in common that a card names. */
    sharedRooms: 50,
    /** How often a process asks whether there are changes; the bus says so sooner, while Redis is there. */
    lookEveryMs: 2 * second,
    /** Changed profiles that one statement reads. */
    readAtOnce: 1_000,
  },
  avatars: {
    /** Bytes of an upload: a photo of a phone. The browser sends a tenth of it. */
    uploadBytes: 5 * 1024 * kib,
    /** Twice what is drawn, for dense screens. */
    sizePx: 256,
  },
  presence: {
    /** Without input for so long, somebody is idle. */
    idleAfterMs: 5 * minute,
    /** People whom one connection is told of: what a tall screen shows, twice. */
    watched: 200,
    /**
     * Changes are told together, so often at most; and so seldom that a process writes no more than `writesPerSecond` of them: to
     * 10,000 who look at the same people, every five seconds.
     */
    tellEveryMs: 500,
    writesPerSecond: 2_000,
    /** ... but at least so often, so that everything is right within a minute of a loss that takes 40 s to notice. */
    tellAtLeastMs: 10 * second,
    /** Who is here is written down so often, for when their server is lost; people of one statement. */
    seenEveryMs: 1 * minute,
    seenRows: 500,
  },
} as const
