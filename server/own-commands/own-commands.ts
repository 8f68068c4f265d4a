// Slash commands about one's own settings: `/mute`, `/dnd`, `/status`. Only who typed one sees that it was done. What is set is the
// same as in the app, by the same rules.
import type { Asked, OwnCommand, Told } from '../commands/commands.ts'
import type { OwnSettings } from '../membership/own-settings.ts'
import type { NotifySettings } from '../protocol/notify-settings.ts'
import type { Refusal } from '../protocol/errors.ts'
import { untilTurnedOff } from '../protocol/member-settings.ts'
import { ownCommands, type OwnDone } from '../protocol/own-commands.ts'
import type { Status } from '../protocol/profiles.ts'
import { typedSpan } from '../protocol/typed-span.ts'
import { hour } from '../protocol/units.ts'
import { emojiOf } from '../slack/emoji.ts'

export interface OwnCommandDeps {
  settings: Pick<OwnSettings, 'change'>
  /** Of all notifications; they are told to all of the person's devices. */
  pause: (user: string, until: NotifySettings['snoozedUntil']) => Promise<Refusal | undefined>
  setStatus: (user: string, status: Status | null) => Promise<Refusal | undefined>
  /** The key of one of the workspace's own emoji. */
  customEmoji: { keyOf: (key: string) => string | undefined }
  now?: () => number
}

const off = /^(?:off|no|stop|end|关|关闭|取消|结束)$/i
const clear = /^(?:clear|off|none|清除|关|关闭)$/i
/** Of notifications, if nobody says for how long. */
const usualPauseMs = hour
/** An emoji, or a name of one, before the words. */
const withEmoji = /^(:[^\s:]{1,64}:|\p{RGI_Emoji}\ufe0f?)\s*(.*)$/sv

const text: Readonly<Record<OwnDone, string>> = {
  muted: 'This room is muted.',
  unmuted: 'This room is no longer muted.',
  paused: 'Notifications are paused.',
  resumed: 'Notifications are on.',
  status_set: 'Your status is set.',
  status_cleared: 'Your status is cleared.',
  no_span: 'For how long? For example: 30m, 2h, 1d, off',
}

const noted = (
  { room, cid, thread }: Asked,
  done: NonNullable<Extract<Told, { note: unknown }>['note']['done']>,
): Told => ({
  note: {
    type: 'note',
    room,
    cid,
    ...(thread === undefined ? {} : { thread }),
    at: Date.now(),
    text: text[done.what],
    done,
    ...(done.what === 'no_span' ? { failed: true as const } : {}),
  },
})

/** Undefined: what was typed is neither a span, nor nothing, nor "off". */
function spanOf(args: string): { ms: number | undefined } | 'off' | undefined {
  const typed = args.trim()
  if (typed === '') return { ms: undefined }
  if (off.test(typed)) return 'off'
  const { ms, rest } = typedSpan(typed.replace(/^for\s+/i, ''))
  return ms > 0 && rest === '' ? { ms } : undefined
}

export function ownCommandList(deps: OwnCommandDeps): OwnCommand[] {
  const { settings, pause, setStatus, customEmoji, now = Date.now } = deps
  const command = (
    name: 'mute' | 'dnd' | 'status',
    act: (user: string, asked: Asked) => Promise<Told | Refusal>,
  ): OwnCommand => ({
    name,
    ...ownCommands[name],
    // Bots have no such settings.
    run: async ({ person }, asked) => (person.bot === true ? { code: 'not_allowed' } : act(person.id, asked)),
  })
  return [
    command('mute', async (user, asked) => {
      const span = spanOf(asked.args)
      if (span === undefined) return noted(asked, { what: 'no_span' })
      const until = span === 'off' ? null : span.ms === undefined ? untilTurnedOff : now() + span.ms
      const refusal = await settings.change(user, asked.room, { mutedUntil: until })
      if (refusal !== undefined) return refusal
      if (until === null) return noted(asked, { what: 'unmuted' })
      return noted(asked, { what: 'muted', until: until === untilTurnedOff ? null : until })
    }),
    command('dnd', async (user, asked) => {
      const span = spanOf(asked.args)
      if (span === undefined) return noted(asked, { what: 'no_span' })
      const until = span === 'off' ? null : now() + (span.ms ?? usualPauseMs)
      const refusal = await pause(user, until)
      if (refusal !== undefined) return refusal
      return noted(asked, until === null ? { what: 'resumed' } : { what: 'paused', until })
    }),
    command('status', async (user, asked) => {
      const status = statusOf(asked.args, (name) => emojiOf(name) ?? customEmoji.keyOf(name))
      const refusal = await setStatus(user, status)
      return refusal ?? noted(asked, { what: status === null ? 'status_cleared' : 'status_set' })
    }),
  ]
}

/** Null: it is cleared. The name of an unknown emoji is part of the words. */
function statusOf(args: string, named: (name: string) => string | undefined): Status | null {
  const typed = args.trim()
  if (typed === '' || clear.test(typed)) return null
  const [, first = '', words = ''] = withEmoji.exec(typed) ?? []
  const emoji = first.startsWith(':') ? named(first) : first
  return emoji === undefined || emoji === ''
    ? { emoji: '', text: typed, until: null }
    : { emoji, text: words, until: null }
}
