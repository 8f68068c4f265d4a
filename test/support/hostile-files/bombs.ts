// Pictures that are small as a file and large in memory, that lie about their size, that are cut off, or that keep their reader
// busy.
import { deflateSync, gzipSync } from 'node:zlib'
import sharp from 'sharp'
import {
  box,
  file,
  gif,
  gifFrame,
  gifHead,
  jpegSegment,
  jpegWith,
  joined,
  number,
  png,
  pngChunk,
  pngHead,
  pngRows,
  riff,
  riffChunk,
  zipOf,
  type HostileFile,
} from './parts.ts'

const tooMany = 'refused too_many_pixels'
const end = pngChunk('IEND', '')
/** Of 100 MB, packed. */
const packed = deflateSync(Buffer.alloc(100_000_000), { level: 9 })

/** A JPEG says its size in one segment: here another one. */
function resized(jpeg: Buffer, width: number, height: number): Buffer {
  const other = Buffer.from(jpeg)
  const at = [0xc0, 0xc2]
    .map((marker) => other.indexOf(Buffer.from([0xff, marker])))
    .find((found) => found > 0)
  if (at === undefined) throw new Error('this JPEG has no size')
  number(height, 2).copy(other, at + 5)
  number(width, 2).copy(other, at + 7)
  return other
}

const animation = (frames: number, width = 1, height = 1): Buffer =>
  joined(gifHead(width, height), ...Array.from({ length: frames }, () => gifFrame), Buffer.from([0x3b]))

/** Its first folder of entries is followed by itself. */
const circle = joined('Exif\0\0MM\0*', number(8, 4), number(0, 2), number(8, 4), Buffer.alloc(60_000))
const exifOf = (orientation: number): Buffer =>
  joined(
    'Exif\0\0MM\0*',
    number(8, 4),
    number(1, 2),
    number(0x0112, 2),
    number(3, 2),
    number(1, 4),
    number(orientation, 2),
    Buffer.alloc(6),
  )

/** The last scan again and again: each of them is a pass over the whole picture. */
function scans(progressive: Buffer, times: number): Buffer {
  const last = progressive.lastIndexOf(Buffer.from([0xff, 0xda]))
  const scan = progressive.subarray(last, -2)
  return joined(
    progressive.subarray(0, -2),
    ...Array.from({ length: times }, () => scan),
    progressive.subarray(-2),
  )
}

function pngs(): HostileFile[] {
  const far = 30_000
  return [
    file(
      'a PNG of 900 million pixels',
      'far.png',
      joined(pngHead(far, far), pngRows(far, far), end),
      tooMany,
    ),
    file(
      'a PNG that claims four billion',
      'claim.png',
      joined(pngHead(65_535, 65_535), pngRows(8, 8), end),
      tooMany,
    ),
    file(
      'a PNG that claims more than there are numbers',
      'more.png',
      joined(pngHead(2 ** 31 - 1, 2 ** 31 - 1), end),
      'any',
    ),
    file('a PNG of no width', 'none.png', joined(pngHead(0, 8), pngRows(8, 8), end), 'other'),
    file(
      'a PNG that is smaller than it says',
      'lie.png',
      joined(pngHead(900, 900, 8, 6), pngRows(8, 8), end),
      'other',
    ),
    file(
      'a PNG whose rows unpack to 100 MB',
      'rows.png',
      joined(pngHead(8, 8), pngChunk('IDAT', packed), end),
      'any',
    ),
    file('a PNG with a text of 100 MB', 'text.png', png(pngChunk('zTXt', joined('a\0\0', packed))), 'any'),
    file(
      'a PNG with colours of 100 MB',
      'colours.png',
      png(pngChunk('iCCP', joined('a\0\0', packed))),
      'any',
    ),
    file(
      'a PNG with a wrong checksum',
      'sum.png',
      joined(pngHead(8, 8), pngChunk('IDAT', 'x', 1), end),
      'other',
    ),
    file(
      'a PNG of a billion frames',
      'frames.png',
      png(pngChunk('acTL', joined(number(2 ** 30, 4), number(0, 4)))),
      'any',
    ),
    file(
      'a PNG of 4,000 texts',
      'texts.png',
      png(...Array.from({ length: 4_000 }, () => pngChunk('tEXt', 'a\0b'))),
      'refused bad_file',
    ),
    file('a PNG that ends after its head', 'head.png', pngHead(8, 8), 'other'),
  ]
}

function gifs(): HostileFile[] {
  return [
    file(
      'a GIF of four billion pixels',
      'far.gif',
      joined(gifHead(65_535, 65_535), gifFrame, Buffer.from([0x3b])),
      tooMany,
    ),
    file('a GIF of 20,000 frames', 'frames.gif', animation(20_000), 'refused too_many_frames'),
    file(
      'a GIF of 1,000 large frames',
      'large.gif',
      animation(1_000, 5_000, 5_000),
      'refused too_many_frames',
    ),
    file('a GIF without an end', 'cut.gif', gif().subarray(0, -3), 'any'),
    file('a GIF whose colours are not there', 'colours.gif', joined('GIF89a\xff\xff\xff\xff\xff'), 'other'),
  ]
}

/** Archives, and what is nothing at all. */
const others = (): HostileFile[] => [
  file('an archive of 100 MB called a photo', 'zip.jpg', zipOf('a', 100_000_000), 'other'),
  file('an archive in an archive', 'zip.zip', zipOf('a.zip', 1_000_000), 'other'),
  file(
    '100 MB packed, called a picture',
    'gz.png',
    gzipSync(Buffer.alloc(100_000_000), { level: 9 }),
    'other',
  ),
  file('one byte', 'one.jpg', '\xff', 'any'),
  file('nothing but FF', 'ff.jpg', Buffer.alloc(5_000, 0xff), 'any'),
  file('nothing but zeros', 'zeros.png', Buffer.alloc(5_000), 'other'),
  file('the beginning of a JPEG alone', 'soi.jpg', '\xff\xd8\xff', 'other'),
  file('no bytes', 'empty.png', '', 'refused empty_file'),
]

export async function bombs(): Promise<HostileFile[]> {
  const noise = Buffer.from(Array.from({ length: 3 * 90 * 70 }, (_, i) => (i * i * 31) % 253))
  const plain = sharp(noise, { raw: { width: 90, height: 70, channels: 3 } })
  const [jpeg, progressive, webp, avif] = await Promise.all([
    plain.clone().jpeg().toBuffer(),
    plain.clone().jpeg({ progressive: true }).toBuffer(),
    plain.clone().webp().toBuffer(),
    plain.clone().avif({ effort: 0 }).toBuffer(),
  ])
  const vp8x = riffChunk('VP8X', Buffer.from([0x02, 0, 0, 0, 0xfe, 0x3f, 0, 0xfe, 0x3f, 0]))
  const colours = Array.from({ length: 255 }, (_, i) =>
    jpegSegment(0xe2, joined('ICC_PROFILE\0', Buffer.from([i + 1, 255]), Buffer.alloc(65_000))),
  )
  const farAvif = Buffer.from(avif)
  const ispe = farAvif.indexOf('ispe')
  number(60_000, 4).copy(farAvif, ispe + 8)
  number(60_000, 4).copy(farAvif, ispe + 12)
  return [
    ...pngs(),
    ...gifs(),
    ...others(),
    file('a JPEG that claims four billion pixels', 'claim.jpg', resized(jpeg, 65_000, 65_000), tooMany),
    file('a JPEG that is smaller than it says', 'lie.jpg', resized(jpeg, 900, 7_000), 'image'),
    file('a JPEG cut in the middle', 'half.jpg', jpeg.subarray(0, jpeg.length / 2), 'other'),
    file('a JPEG with colours of 16 MB', 'colours.jpg', jpegWith(jpeg, ...colours), 'any'),
    file(
      'a JPEG whose EXIF leads in circles',
      'circle.jpg',
      jpegWith(jpeg, jpegSegment(0xe1, circle)),
      'image',
    ),
    file(
      'a JPEG that is turned to nowhere',
      'turned.jpg',
      jpegWith(jpeg, jpegSegment(0xe1, exifOf(9_999))),
      'image',
    ),
    file('a JPEG of 3,000 scans', 'scans.jpg', scans(progressive, 3_000), 'any'),
    file('a JPEG with 30 MB behind it', 'behind.jpg', joined(jpeg, Buffer.alloc(30_000_000, 7)), 'image'),
    file(
      'a WebP of 268 million pixels',
      'far.webp',
      riff(vp8x, riffChunk('ANIM', Buffer.alloc(6)), webp.subarray(12)),
      'any',
    ),
    file('a WebP cut in the middle', 'half.webp', webp.subarray(0, webp.length / 2), 'other'),
    file('an AVIF that claims four billion pixels', 'far.avif', farAvif, 'any'),
    file('an AVIF cut in the middle', 'half.avif', avif.subarray(0, avif.length - 40), 'other'),
    file('an AVIF of nothing', 'none.avif', box('ftyp', 'avif', number(0, 4), 'avifmif1'), 'other'),
  ]
}
