// Messages with files in the gallery: every kind, one to ten pictures, and what is hard to draw. test/story/screens.mjs answers for
// the server.
import type { FileRef } from '../../server/protocol/files.ts'
import type { Person } from '../../server/protocol/people.ts'
import type { Row } from '../../web/conversation/lines/line.ts'
import { toRows } from '../../web/conversation/lines/rows.ts'
import { line } from './messages.ts'
import { ann, at, lisi, mara, wang } from './people.ts'

let last = 900
const file = (name: string, kind: FileRef['kind'], more: Partial<FileRef> = {}): FileRef => ({
  id: String((last += 1)),
  name,
  kind,
  type: 'application/octet-stream',
  size: 2_516_582,
  ...more,
})
const picture = (width: number, height: number, more: Partial<FileRef> = {}): FileRef =>
  file('IMG_2042.jpg', 'image', {
    type: 'image/jpeg',
    width,
    height,
    thumb: 'HBkSHYSIeHiPiHh8eJd4eTN0EEQG',
    ...more,
  })

let seq = 300
const says = (who: Person, when: number, text: string, ...files: FileRef[]) => {
  seq += 1
  return line(seq, who, text, when, { files })
}
const dayOf = (when: number) => new Date(when).toDateString()
const rows = (...lines: ReturnType<typeof says>[]): Row[] =>
  toRows(lines, { firstUnread: undefined, began: false, dayOf })
const many = (count: number) => Array.from({ length: count }, (_, n) => picture(900 + n * 60, 700))

export const pictures = rows(
  says(mara, at(9, 12), 'First tomatoes of the year.', ...many(3)),
  says(lisi, at(9, 20), '', picture(4000, 3000, { alt: 'The north bed in the morning' })),
  says(wang, at(9, 30), '', picture(300, 190, { animated: true, name: 'dance.gif' })),
  says(wang, at(9, 31), '', picture(1, 1, { name: 'gone.jpg', id: '404', width: 800, height: 500 })),
)
export const grids = rows(
  ...[2, 4, 5, 7, 10].map((count) => says(count % 2 ? mara : lisi, at(10, count), '', ...many(count))),
)
export const papers = rows(
  says(
    wang,
    at(9, 31),
    '灌溉计划在这里，第三页有新的时间表。',
    file('灌溉计划-2026-春.pdf', 'pdf', { type: 'application/pdf' }),
  ),
  says(mara, at(9, 40), '', file('lag.ts', 'text', { type: 'text/plain', size: 6_300, id: '7001' })),
  says(
    lisi,
    at(9, 50),
    '',
    file('a name that is so long that it does not fit on any line of a phone 2026 final v2.zip', 'other', {
      type: 'application/zip',
      size: 184,
    }),
  ),
)
export const sounds = rows(
  says(
    lisi,
    at(10, 20),
    '',
    file('voice.webm', 'voice', {
      type: 'audio/webm',
      durationMs: 24_000,
      waveform: btoa(
        String.fromCharCode(...Array.from({ length: 64 }, (_, n) => 40 + Math.abs(Math.sin(n * 1.7)) * 215)),
      ),
    }),
  ),
  says(mara, at(10, 21), '', file('birds.mp3', 'audio', { type: 'audio/mpeg', durationMs: 184_000 })),
  says(
    ann,
    at(10, 22),
    '',
    file('bed.mp4', 'video', { type: 'video/mp4', width: 1280, height: 720, durationMs: 61_000 }),
  ),
)
