// Files that mean harm, all made here: what becomes of each, and under which names they come.
import { bombs } from './bombs.ts'
import { hostilePages } from './pages.ts'
import { file, type HostileFile } from './parts.ts'
import { polyglots } from './polyglots.ts'

/** Names that lead out of a folder, out of a header, or to another kind of file than they show. */
const names: Record<string, string> = {
  'leads upwards': '../../../../etc/passwd',
  'leads upwards in Windows': '..\\..\\windows\\win.ini',
  'leads upwards, escaped': '%2e%2e%2f%2e%2e%2fetc%2fpasswd',
  'is a folder': '..',
  'has a NUL in it': 'photo.jpg\0.html',
  'begins another header': 'a.txt\r\nset-cookie: brook=stolen\r\ncontent-type: text/html\r\n\r\n<script>',
  'ends its quotes': 'a.txt"; filename="b.html',
  'is written from right to left': 'photo\u202egpj.exe',
  'is shown from right to left': '\u2067photo\u2069.html',
  'is a tag': '<img src=x onerror=window.wasHit=1>.txt',
  'is very long': `${'long'.repeat(75)}.txt`,
  'is of emoji': `${'👩‍👩‍👧‍👦'.repeat(40)}.txt`,
  'is half a character': 'a\ud800.txt',
  'is nothing but spaces': '   ',
  'is a device': 'CON',
  'is hidden': '.htaccess',
}

export const oddlyNamed: HostileFile[] = Object.entries(names).map(([what, name]) =>
  file(`its name ${what}`, name, 'words', 'text'),
)

/** With something in them that a browser could run or fetch. */
export const programs = async (): Promise<HostileFile[]> => [...hostilePages, ...(await polyglots())]

export const hostileFiles = async (): Promise<HostileFile[]> => [
  ...(await programs()),
  ...(await bombs()),
  ...oddlyNamed,
]

export type { HostileFile }
