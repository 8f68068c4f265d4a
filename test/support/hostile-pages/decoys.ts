// Words that hide, turn or pretend.
import { meta, page, withTitle, type HostilePage } from './make.ts'

const bytes = (name: string, given: Buffer, card: HostilePage['card'], type?: string): HostilePage => ({
  name,
  bytes: given,
  card,
  ...(type === undefined ? {} : { type }),
})

export const decoys: readonly HostilePage[] = [
  page('a title that turns', '<title>safe\u202egnp.exe</title>', { title: 'safegnp.exe' }),
  page('isolates and marks', '<title>\u2066a\u2069\u200eb\u200f\u061c</title>', { title: 'ab' }),
  page('nothing that is seen', '<title>\u200b\u2060\ufeff\u00ad\u2800 </title>', undefined),
  page('spaces alone', '<title> \n\t\u3000 </title>', undefined),
  page('control characters', '<title>a\u0007b\u001b[31mc\u0000</title>', { title: 'ab[31mc' }),
  page('marks without end', `<title>Z${'\u0301\u0335'.repeat(500)}</title>`, {}),
  page('tags of Unicode', `<title>hi${'\u{e0041}'.repeat(50)}</title>`, { title: 'hi' }),
  page('many lines', `<title>one\n\n\n\ntwo\r\nthree</title>`, { title: 'one two three' }),
  page('the name of another site', withTitle(meta('og:site_name', '\u202eBank\u202c')), { site: 'Bank' }),
  page('an empty Open Graph', `${meta('og:title', '  ')}<title>Plain</title>`, { title: 'Plain' }),
  page('the first of two stands', `${meta('og:title', 'First')}${meta('og:title', 'Second')}`, {
    title: 'First',
  }),
  page(
    'a name that is a method',
    withTitle('<meta name="__proto__" content="x"><meta name="constructor" content="y">'),
    {
      title: 'Fine',
    },
  ),
  page('an encoding that is none', '<meta charset="no-such-thing"><title>Fine</title>', { title: 'Fine' }),
  page('UTF-7', '<meta charset="utf-7"><title>+ADw-script+AD4-</title>', { title: '+ADw-script+AD4-' }),
  page(
    'two encodings',
    '<meta charset="gbk"><title>plain</title>',
    { title: 'plain' },
    'text/html; charset=utf-8',
  ),
  bytes(
    'bytes that are no text',
    Buffer.from([0x3c, 0x74, 0x69, 0x74, 0x6c, 0x65, 0x3e, 0xff, 0xfe, 0xc3, 0x28, 0x41]),
    {},
  ),
  bytes(
    'UTF-16 with a mark',
    Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('<title>Wide</title>', 'utf16le')]),
    {
      title: 'Wide',
    },
  ),
  bytes(
    'GBK by its head',
    Buffer.concat([
      Buffer.from('<meta charset=gb2312><title>'),
      Buffer.from([0xd6, 0xd0, 0xce, 0xc4]),
      Buffer.from('</title>'),
    ]),
    { title: '中文' },
  ),
  bytes(
    'Shift_JIS by its type',
    Buffer.concat([Buffer.from('<title>'), Buffer.from([0x93, 0xfa, 0x96, 0x7b]), Buffer.from('</title>')]),
    { title: '日本' },
    'text/html; charset=Shift_JIS',
  ),
]
