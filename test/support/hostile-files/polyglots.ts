// Files that are two things at once, or carry another one: a picture, a film or a paper for whoever looks first, and a page or a
// program for whoever looks again.
import sharp from 'sharp'
import {
  box,
  file,
  gif,
  hit,
  jpegSegment,
  jpegWith,
  joined,
  number,
  png,
  pngChunk,
  riff,
  riffChunk,
  script,
  zipOf,
  type HostileFile,
} from './parts.ts'

const block = (text: string): Buffer => joined(number(text.length, 1), text)

function gifs(): HostileFile[] {
  // Its width and height are the beginning of a comment.
  const js = joined('GIF89a/*', Buffer.alloc(5), `*/=1;${hit}`)
  const commented = gif(Buffer.from([0x21, 0xfe]), block(script.slice(0, 250)), Buffer.from([0]))
  return [
    file('a GIF that is a program', 'dance.gif', js, 'other'),
    file('a GIF with a page for a comment', 'comment.gif', commented, 'image'),
    file('a GIF with an archive behind it', 'jar.gif', joined(gif(), zipOf('a.class', 10)), 'any'),
    file('a GIF called a page', 'dance.html', commented, 'image'),
  ]
}

function papers(): HostileFile[] {
  const pdf = (action: string): string =>
    `%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R/OpenAction ${action}>>endobj\n` +
    `2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\n` +
    `trailer<</Root 1 0 R>>\n%%EOF`
  return [
    file('a PDF that runs', 'run.pdf', pdf(`<</S/JavaScript/JS(app.alert\\(1\\);${hit})>>`), 'pdf'),
    file('a PDF that starts a program', 'start.pdf', pdf('<</S/Launch/F(cmd.exe)>>'), 'pdf'),
    file('a PDF that leads elsewhere', 'lead.pdf', pdf('<</S/URI/URI(javascript:alert\\(1\\))>>'), 'pdf'),
    file('a PDF that sends a form', 'form.pdf', pdf('<</S/SubmitForm/F(/stolen)>>'), 'pdf'),
    file('a PDF with a page behind it', 'behind.pdf', pdf('null') + script, 'pdf'),
    file('a page with a PDF in it', 'front.pdf', `<!-- -->${script}\n${pdf('null')}`, 'any'),
  ]
}

function films(): HostileFile[] {
  const ftyp = box('ftyp', 'isom', number(512, 4), 'isomiso2mp41')
  const place = box('udta', box('\xa9xyz', '+52.5310+013.2012/'))
  return [
    file('a film with a page in it', 'film.mp4', joined(ftyp, box('moov', box('udta', script))), 'video'),
    file('a film that says where', 'walk.mp4', joined(ftyp, box('moov', box('mvhd', ''), place)), 'video'),
    file(
      'a film whose boxes are larger than it',
      'long.mp4',
      joined(ftyp, number(0x7fffffff, 4), 'moov'),
      'video',
    ),
    file(
      'a film whose boxes have no length',
      'none.mp4',
      joined(ftyp, box('moov', number(0, 4), 'trak')),
      'video',
    ),
    file('a film of boxes in boxes', 'deep.mp4', joined(ftyp, nested(2_000)), 'video'),
    file(
      'a song with a page for its title',
      'song.mp3',
      joined('ID3\x03\0\0\0\0\x01\0', `TIT2${script}`),
      'any',
    ),
    file('a sound that is a page', 'sound.ogg', joined('OggS', Buffer.alloc(24), script), 'any'),
    file('a HEIC that says where', 'phone.heic', heic(), 'other'),
  ]
}

const nested = (depth: number): Buffer => {
  let inner: Buffer = Buffer.alloc(0)
  for (let i = 0; i < depth; i += 1) inner = box('trak', inner)
  return box('moov', inner)
}

/** Without a picture: with its EXIF where a phone keeps it. */
export function heic(): Buffer {
  const exif = 'Exif at N 52 31 12.02'
  const ftyp = box('ftyp', 'heic', number(0, 4), 'mif1heic')
  const infe = box('infe', Buffer.from([2, 0, 0, 0, 0, 1, 0, 0]), 'Exif\0')
  const iinf = box('iinf', number(0, 4), number(1, 2), infe)
  const ilocOf = (at: number): Buffer =>
    box(
      'iloc',
      Buffer.from([0, 0, 0, 0, 0x44, 0]),
      number(1, 2),
      number(1, 2),
      number(0, 2),
      number(1, 2),
      number(at, 4),
      number(exif.length, 4),
    )
  const metaOf = (at: number): Buffer => box('meta', number(0, 4), iinf, ilocOf(at))
  const at = ftyp.length + metaOf(0).length + 8
  return joined(ftyp, metaOf(at), box('mdat', exif))
}

export async function polyglots(): Promise<HostileFile[]> {
  const plain = sharp({ create: { width: 60, height: 40, channels: 3, background: 'teal' } })
  const [jpeg, webp] = await Promise.all([plain.clone().jpeg().toBuffer(), plain.clone().webp().toBuffer()])
  const chunks = webp.subarray(12)
  const extended = riffChunk('VP8X', Buffer.from([0x04, 0, 0, 0, 59, 0, 0, 39, 0, 0]))
  // Its first segment is so long that its length and what follows begin a comment of JavaScript.
  const js = joined(jpegSegment(0xfe, '*/=1;'.padEnd(0x2f2a - 2 - hit.length, ' ') + hit), '')
  return [
    ...gifs(),
    ...papers(),
    ...films(),
    file(
      'a JPEG with a page for a comment',
      'photo2.jpg',
      jpegWith(jpeg, jpegSegment(0xfe, script)),
      'image',
    ),
    file(
      'a JPEG with a page for EXIF',
      'photo3.jpg',
      jpegWith(jpeg, jpegSegment(0xe1, `Exif\0\0${script}`)),
      'image',
    ),
    file('a JPEG that is a program', 'photo4.jpg', jpegWith(jpeg, js), 'image'),
    file('a JPEG called a page', 'photo5.html', jpegWith(jpeg, jpegSegment(0xfe, script)), 'image'),
    file('a JPEG called a drawing', 'photo6.svg', jpeg, 'image'),
    file('a JPEG with an archive behind it', 'photo7.jpg', joined(jpeg, zipOf('x.html', 100)), 'image'),
    file('a PNG with a page for a text', 'a.png', png(pngChunk('tEXt', `Comment\0${script}`)), 'image'),
    file('a PNG with a page behind it', 'b.png', joined(png(), script), 'image'),
    file('a PNG with a page in a chunk of its own', 'c.png', png(pngChunk('paGe', script)), 'image'),
    file('a WebP with a page for XMP', 'a.webp', riff(extended, chunks, riffChunk('XMP ', script)), 'image'),
    file('a bitmap that is a program', 'a.bmp', joined('BM/*', Buffer.alloc(50), `*/=1;${hit}`), 'other'),
    file('an icon with a page', 'a.ico', joined(Buffer.from([0, 0, 1, 0, 1, 0]), script), 'any'),
    file('a TIFF', 'a.tif', await plain.clone().tiff().toBuffer(), 'other'),
    file('a drawing for printers', 'a.eps', `%!PS-Adobe-3.0 EPSF-3.0\n(/etc/passwd)(r)file\n`, 'any'),
    file(
      'a program for ImageMagick',
      'a.mvg',
      `push graphic-context\nimage over 0,0 0,0 'https://example.org/x'\n`,
      'text',
    ),
  ]
}
