// A room as Markdown. What people said is Markdown too; it stands in quotes, so that no heading of theirs is one of ours.
import type { Message } from '../protocol/http.ts'
import { noticeWords } from '../history/notice-words.ts'
import { clockOf, endWords, marks, reactionWords, type Form } from './form.ts'

/** A name or a topic inside a line: what Markdown would read as its own is made plain. */
const plain = (text: string): string => text.replace(/[\\`*_{}[\]<>#|~]/g, '\\$&')

export function markdown(zone: string): Form {
  const clock = clockOf(zone)
  let day = ''
  const dayLine = ({ at }: Message): string => {
    if (clock.day(at) === day) return ''
    day = clock.day(at)
    return `## ${day}\n\n`
  }
  return {
    ...{ type: 'text/markdown; charset=utf-8', ending: 'md' },
    start: ({ name, topic }) =>
      `# #${plain(name)}\n\n${topic === '' ? '' : `${plain(topic)}\n\n`}Times are of ${zone}.\n\n`,
    message: (message) => {
      const line = `${clock.time(message.at)} · #${message.seq}`
      const name = plain(message.user.name)
      if (message.kind === 'notice') return `${dayLine(message)}*${plain(noticeWords(message))}* ${line}\n\n`
      const facts = [
        line,
        ...(message.thread === undefined ? [] : [`in the thread of #${message.thread}`]),
        ...(message.replyTo === null ? [] : [`answers #${message.replyTo}`]),
        ...(marks(message) === '' ? [] : [marks(message)]),
      ]
      const words = message.deletedAt === null ? `\n\n> ${message.text.replaceAll('\n', '\n> ')}` : ''
      const reactions = message.reactions.length === 0 ? '' : `\n\n${plain(reactionWords(message.reactions))}`
      return `${dayLine(message)}**${name}** ${facts.join(' · ')}${words}${reactions}\n\n`
    },
    end: (end) => `---\n\n${endWords(end)}\n`,
  }
}
