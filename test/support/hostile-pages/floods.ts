// Too much of everything, within the bytes that are read of a page.
import { linkCardLimits } from '../../../server/protocol/link-card-limits.ts'
import { meta, page, withTitle, type HostilePage } from './make.ts'

const { bytes } = linkCardLimits.page
const filled = (piece: string, around = 0): string =>
  piece.repeat(Math.max(1, Math.floor((bytes - around) / Buffer.byteLength(piece))))

export const floods: readonly HostilePage[] = [
  page('an endless title', `<title>${filled('word ', 100)}`, {}),
  page(
    'an endless value',
    `<title>Fine</title><meta property="og:description" content="${filled('a', 200)}`,
    { title: 'Fine' },
  ),
  page('an endless name', withTitle(`<meta property="${'x'.repeat(100_000)}" content="y">`), {
    title: 'Fine',
  }),
  page('tags alone', `<head>${filled('<a>', 100)}<title>Late</title></head>`, undefined),
  page('open tags', filled('<'), undefined),
  page('open comments', filled('<!--'), undefined),
  page('open declarations', filled('<![CDATA['), undefined),
  page('entities', `<title>${filled('&', 100)}</title>`, {}),
  page('long entities', `<title>${filled('&#x41;', 100)}</title>`, {}),
  page('quotes', filled('<meta content="'), undefined),
  page('attributes', `<title>Fine</title><meta ${filled('a=b ', 100)}>`, { title: 'Fine' }),
  page('attributes of one name', `<title>Fine</title><meta ${filled('content="x" ', 100)}>`, {
    title: 'Fine',
  }),
  page('spaces', `<title>${filled(' ', 100)}x</title>`, undefined),
  page('metas', withTitle(filled(meta('og:title', 'x'), 200)), { title: 'x' }),
  page('nested drawings', filled('<svg>'), undefined),
  page('scripts that do not end', `<title>Fine</title>${filled('<script>')}`, { title: 'Fine' }),
  page('surrogates', `<title>${filled('\u{1f600}', 100)}</title>`, {}),
  page('long charset', `<meta charset="${'x'.repeat(3_000)}"><title>Fine</title>`, { title: 'Fine' }),
  page('slashes', filled('</'), undefined),
]
