// The limits of pictures that people upload, and of what is made of them. Apart from `limits`, so that the sign-in page does not
// carry them.
import { minute, second } from './units.ts'

/**
 * The widths of previews in pixels, by where they are shown. A preview is never wider than its picture, and what is asked for is
 * answered by the next one of these.
 */
export const previewWidths = {
  /** A tile among several, and a card, on any screen. */
  tile: 320,
  /** A picture in a conversation; on dense screens a tile. */
  inline: 640,
  /** ... on dense screens; and the whole screen of a phone. */
  dense: 1_280,
  /** The whole screen of a desk. Whoever zooms in further gets the picture itself. */
  screen: 2_560,
} as const

export const pictureLimits = {
  /** Pixels of a picture that is shown: what most phones take, of which reading takes 250 MB. */
  pixels: 50_000_000,
  /** ... of an AVIF, of which reading takes 20 bytes for each. */
  avifPixels: 16_000_000,
  /** ... and of one that is still taken, as a file to download: what the largest phones take. A bomb has more. */
  keptPixels: 200_000_000,
  /** Frames of an animation, and their pixels together: a minute of a small film. More keeps a reader's browser busy. */
  frames: 2_000,
  framePixels: 1_000_000_000,
  /** How many times higher than wide a preview may be: a long screenshot, which is shown as a strip. */
  heightTimes: 4,
  /** Pixels of the longer side from which a thumbhash is computed: it keeps a few waves of it. */
  thumbPx: 100,
  /** Bytes at a text's beginning that tell whether it is one, and in which encoding. */
  textBytes: 64 * 1024,
  /** Places where a file says what only its owner should read; a photo has three, a scan of hundreds of pages no more. */
  patches: 500,
  /** Processes that read pictures, in each process of the server: the machine's second core has other work, too. */
  atOnce: 2,
  /** Tasks that wait for them: of one person, a screen of pictures over HTTP/2; and of all. */
  waiting: { ofOne: 100, all: 500 },
  /**
   * Of one task: what it may take of the processor, twenty times what the largest picture takes; and until it is over, on a machine
   * that has much else to do.
   */
  taskMs: { cpu: 20 * second, whole: 2 * minute, lookEvery: 500 },
  /** A process that has had nothing to do for so long ends, and frees some 60 MB. */
  idleMs: 1 * minute,
  /** ... and after so many tasks another one takes over, so that nothing adds up. */
  tasks: 1_000,
  previews: {
    /** While another process makes the same one, it is looked for so often, and waited for so long. */
    otherMakesMs: 3 * second,
    lookEveryMs: 50,
    /** Previews that could not be made: a process remembers so many. */
    rememberedFailures: 10_000,
  },
  /** When whoever was refused, because too many wait, may ask again. */
  busyMs: 2 * second,
} as const
