// A room as one self-contained HTML page. User content is escaped, and the page runs no script.
import type { FileRef } from '../protocol/files.ts'
import type { Message, SpokenMessage } from '../protocol/http.ts'
import { wordsOf } from '../protocol/entries/index.ts'
import { noticeWords } from '../history/notice-words.ts'
import { bundledName } from './bundle.ts'
import { clockOf, endWords, marks, reactionWords, type Form } from './form.ts'

const escapes: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
const escape = (text: string): string => text.replace(/[&<>"']/g, (char) => escapes[char] ?? char)

const style = `body{max-width:44rem;margin:2rem auto;padding:0 1rem;font:15px/1.6 system-ui,sans-serif;color:#22211f}
h2{font-size:13px;color:#6b6862;border-bottom:1px solid #e4e0da;margin:2rem 0 .5rem}
article{margin:.6rem 0}article p{margin:0;white-space:pre-wrap;overflow-wrap:anywhere}
small,.notice{color:#6b6862}b+small{margin-left:.5rem}a{color:inherit;text-decoration:none}
@media(prefers-color-scheme:dark){body{background:#1b1a19;color:#e9e6e1}h2{border-color:#3a3835}small,.notice,h2{color:#a5a19a}}`

/** Each on a line of its own; `hasFiles`: as a link to where it is beside this page. */
function filesOf({ files = [] }: SpokenMessage, hasFiles: boolean): string {
  const address = (file: FileRef): string => bundledName(file).split('/').map(encodeURIComponent).join('/')
  return files
    .map((file) =>
      hasFiles
        ? `<p>📎 <a href="${escape(address(file))}"><bdi>${escape(file.name)}</bdi></a></p>`
        : `<p>📎 <bdi>${escape(file.name)}</bdi></p>`,
    )
    .join('')
}

export function html(zone: string, hasFiles = false): Form {
  const clock = clockOf(zone)
  let day = ''
  const dayLine = ({ at }: Message): string => {
    if (clock.day(at) === day) return ''
    day = clock.day(at)
    return `<h2>${day}</h2>\n`
  }
  return {
    type: 'text/html; charset=utf-8',
    ending: 'html',
    start: ({ name, topic }) => `<!doctype html>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>#${escape(name)}</title>
<style>${style}</style>
<h1>#${escape(name)}</h1>
<p dir="auto">${escape(topic)}</p>
<p><small>Times are in ${escape(zone)}.</small></p>
`,
    message: (message) => {
      const { seq, at, user } = message
      const number = `<a href="#${seq}">#${seq}</a>`
      if (message.kind === 'notice')
        return `${dayLine(message)}<p class="notice" id="${seq}">${escape(noticeWords(message))} <small>${clock.time(at)} ${number}</small></p>\n`
      const reply =
        message.replyTo === null ? '' : ` answers <a href="#${message.replyTo}">#${message.replyTo}</a>`
      const thread =
        message.thread === undefined
          ? ''
          : ` in the thread of <a href="#${message.thread}">#${message.thread}</a>`
      const forward = message.forwarded === undefined ? '' : ' forwards a message'
      const facts = `${clock.time(at)} ${number}${thread}${reply}${forward} ${marks(message)}`.trim()
      const words =
        message.deletedAt === null
          ? `<p dir="auto">${escape(wordsOf(message))}</p>${filesOf(message, hasFiles)}`
          : ''
      const reactions =
        message.reactions.length === 0 ? '' : `<small>${escape(reactionWords(message.reactions))}</small>`
      return `${dayLine(message)}<article id="${seq}"><b><bdi>${escape(user.name)}</bdi></b> <small>${facts}</small>${words}${reactions}</article>\n`
    },
    end: (end) => `<footer><small>${endWords(end)}</small></footer>\n`,
  }
}
