// How the commands that come with Brook are used and what they do, as the server tells it. The browser knows them by these
// words, and tells its own: another bot may offer a command of the same name.

export const ownCommands = {
  poll: { usage: 'question | a | b', help: 'Create a poll' },
  roll: { usage: '2d6', help: 'Roll dice: d20, 2d6, 3d6+2' },
  remind: { usage: '10m text | list | cancel 1', help: 'Remind me here later' },
  mute: { usage: '1h | off', help: 'Mute this room for a while, or until you turn it off' },
  dnd: { usage: '1h | off', help: 'Pause all notifications for a while' },
  status: { usage: ':palm_tree: text | clear', help: 'Set your status' },
}

export type Language = 'en' | 'zh'

/** Of their answers: Chinese if the person wrote Chinese, otherwise English. */
export const languageOf = (text: string): Language => (/\p{Script=Han}/u.test(text) ? 'zh' : 'en')

/** What a command of one's own settings has done, or what it does not understand. */
export const ownDone = [
  'muted',
  'unmuted',
  'paused',
  'resumed',
  'status_set',
  'status_cleared',
  'no_span',
] as const
export type OwnDone = (typeof ownDone)[number]
