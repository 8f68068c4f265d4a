// Slash commands in the gallery: what is offered, and every possible note.
import type { OfferedCommand } from '../../server/protocol/http.ts'
import type { Note, Row } from '../../web/conversation/lines/line.ts'
import { at } from './people.ts'
import { shortTalk } from './talk.ts'

const dice = { id: '90', name: 'dice', bot: true as const }
const helper = { id: '91', name: 'Helferin für alles Mögliche', bot: true as const }

export const commands: OfferedCommand[] = [
  { name: 'poll', usage: 'question | a | b', help: 'Ask everybody in the room', user: helper },
  {
    name: 'remind',
    usage: '10m text',
    help: 'Say something here later, in so many minutes, hours or days',
    user: helper,
  },
  { name: 'roll', usage: '2d6', help: 'Roll dice', user: dice },
  {
    name: 'translate-everything-into-words',
    usage: '<from> <to> <a text that may be as long as it likes>',
    help: 'A help line that is rather long, so that one sees how it ends on a narrow screen and on a wide one',
    user: helper,
  },
]

const note = (key: string, more: Partial<Note>): Row => ({
  kind: 'note',
  key: `note ${key}`,
  note: { key, below: 0, at: at(10, 3), state: 'said', name: 'roll', ...more },
})

export const noted: Row[] = [
  ...shortTalk,
  note('said', { user: dice, text: 'Try /roll 2d6, or /roll d20.' }),
  note('long', { user: helper, text: '还有十分钟。\n'.repeat(3) + 'word '.repeat(60) }),
  note('unknown', { state: 'failed', name: 'nonsense', code: 'unknown_command' }),
  note('late', { state: 'failed', code: 'command_timeout', user: dice }),
  note('refused', { state: 'failed', refusal: { code: 'too_many', retryAfterMs: 4_000 } }),
  note('asking', { state: 'asking' }),
]
