// A room as Markdown. Messages are Markdown too; they are quoted, so that their headings are not headings of the export.
import type { FileRef } from '../protocol/files.ts'
import type { Message, SpokenMessage } from '../protocol/http.ts'
import { wordsOf } from '../protocol/entries/index.ts'
import { noticeWords } from '../history/notice-words.ts'
import { bundledName } from './bundle.ts'
import { clockOf, endWords, marks, reactionWords, type Form } from './form.ts'

/** A name or a topic inside a line, with Markdown characters escaped. */
const plain = (text: string): string => text.replace(/[\\`*_{}[\]<>#|~]/g, '\\$&')

/** A poll is a list, because lines of a paragraph would run together; its words have no marks. */
function textOf(message: SpokenMessage): string {
  if (message.poll === undefined) return wordsOf(message)
  const [question = '', ...answers] = plain(wordsOf(message)).split('\n')
  return `${question}\n\n${answers.map((answer) => `- ${answer}`).join('\n')}`
}

/** Each on a line of its own; `hasFiles`: as a link to where it is beside this. */
function filesOf({ files = [] }: SpokenMessage, hasFiles: boolean): string {
  const line = (file: FileRef): string =>
    hasFiles ? `[${plain(file.name)}](<${encodeURI(bundledName(file))}>)` : plain(file.name)
  return files.map((file) => `\n> 📎 ${line(file)}  `).join('')
}

export function markdown(zone: string, hasFiles = false): Form {
  const clock = clockOf(zone)
  let day = ''
  const dayLine = ({ at }: Message): string => {
    if (clock.day(at) === day) return ''
    day = clock.day(at)
    return `## ${day}\n\n`
  }
  return {
    type: 'text/markdown; charset=utf-8',
    ending: 'md',
    start: ({ name, topic }) =>
      `# #${plain(name)}\n\n${topic === '' ? '' : `${plain(topic)}\n\n`}Times are in ${zone}.\n\n`,
    message: (message) => {
      const line = `${clock.time(message.at)} · #${message.seq}`
      const name = plain(message.user.name)
      if (message.kind === 'notice') return `${dayLine(message)}*${plain(noticeWords(message))}* ${line}\n\n`
      const facts = [
        line,
        ...(message.thread === undefined ? [] : [`in the thread of #${message.thread}`]),
        ...(message.replyTo === null ? [] : [`answers #${message.replyTo}`]),
        ...(message.forwarded === undefined ? [] : ['forwards a message']),
        ...(marks(message) === '' ? [] : [marks(message)]),
      ]
      const words =
        message.deletedAt === null
          ? `\n\n> ${textOf(message).replaceAll('\n', '\n> ')}${filesOf(message, hasFiles)}`
          : ''
      const reactions = message.reactions.length === 0 ? '' : `\n\n${plain(reactionWords(message.reactions))}`
      return `${dayLine(message)}**${name}** ${facts.join(' · ')}${words}${reactions}\n\n`
    },
    end: (end) => `---\n\n${endWords(end)}\n`,
  }
}
