// How the commands that come with Brook are used and what they do, as the server tells it. The browser knows them by these
// words, and tells its own: another bot may offer a command of the same name.

export const ownCommands = {
  poll: { usage: 'question | a | b', help: 'Create a poll' },
  roll: { usage: '2d6', help: 'Roll dice: d20, 2d6, 3d6+2' },
  remind: { usage: '10m text | list | cancel 1', help: 'Remind me here later' },
}

export type Language = 'en' | 'zh'

/** Of their answers: Chinese if the person wrote Chinese, otherwise English. */
export const languageOf = (text: string): Language => (/\p{Script=Han}/u.test(text) ? 'zh' : 'en')
