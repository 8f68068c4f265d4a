// A Brook of a later version: a message has one more field, and the log knows one more row kind and two more kinds of
// changes. Modules are loaded again for it; `forget` returns to the current version.
import { Type } from 'typebox'
import { vi } from 'vitest'
import type * as SqlKinds from '../../server/history/entries/index.ts'
import type * as Kinds from '../../server/protocol/entries/kinds.ts'
import {
  changeOf,
  type Change,
  type ChangeKind,
  type SpokenKind,
} from '../../server/protocol/entries/kind.ts'
import type { SpokenMessage } from '../../server/protocol/http.ts'
import type { MessageEvent } from '../../server/protocol/events.ts'
import type * as Fields from '../../server/protocol/message-fields.ts'

type QuizEvent = Omit<MessageEvent, 'type'> & { type: 'quiz'; choices: string[] }
/** A quiz as it is shown: who has guessed what, and when it ended. */
export type Quiz = Omit<SpokenMessage, 'kind'> & {
  kind: 'quiz'
  choices: string[]
  guesses?: Record<string, number>
  endedAt?: number
}
type GuessedEvent = Change & { type: 'guessed'; choice: number }
type EndedEvent = Change & { type: 'ended' }

const asQuiz = (message: SpokenMessage): Quiz => message as unknown as Quiz
const asMessage = (quiz: Quiz): SpokenMessage => quiz as unknown as SpokenMessage

const guessed: ChangeKind<GuessedEvent> = {
  makes: 'change',
  words: 'kept',
  state: ['guesses'],
  parse(common, body) {
    const change = changeOf('guessed', common, body)
    const { choice } = body
    if (typeof change === 'string') return change
    return typeof choice === 'number' ? Object.assign(change, { choice }) : 'no choice'
  },
  fold(message, { user, choice }) {
    const quiz = asQuiz(message)
    if (quiz.endedAt !== undefined) return message
    return asMessage({ ...quiz, guesses: { ...quiz.guesses, [user.id]: choice } })
  },
}

const ended: ChangeKind<EndedEvent> = {
  makes: 'change',
  words: 'kept',
  state: ['endedAt'],
  parse: (common, body) => changeOf('ended', common, body),
  fold: (message, { at }) => asMessage({ ...asQuiz(message), endedAt: asQuiz(message).endedAt ?? at }),
}

const listOf = '../../server/protocol/entries/kinds.ts'
const fieldsOf = '../../server/protocol/message-fields.ts'

/** Modules imported after this are of the later version. */
export function learn(): void {
  vi.resetModules()
  vi.doMock(fieldsOf, async (original) => {
    const fields = await original<typeof Fields>()
    const colour = Type.Optional(Type.String())
    return {
      ...fields,
      sentFields: { ...fields.sentFields, colour },
      keptFields: { ...fields.keptFields, colour },
    }
  })
  vi.doMock(listOf, async (original) => {
    const { kinds } = await original<typeof Kinds>()
    const { said, spoken } = await import('../../server/protocol/entries/message.ts')
    const quiz: SpokenKind<QuizEvent> = {
      makes: 'message',
      parse(common, body, read) {
        const { choices } = body
        const whole = read(body, common.seq)
        if (whole === undefined || !Array.isArray(choices)) return 'no text or no choices'
        return { type: 'quiz', ...common, ...whole, choices: choices as string[], at: whole.at ?? common.at }
      },
      toMessage: ({ type: kind, ...event }) => ({ kind, ...spoken(event) }) as unknown as SpokenMessage,
      toEvent: (room, { kind: _kind, ...row }) =>
        ({ type: 'quiz', ...said(room, row) }) as unknown as QuizEvent,
      words: (message) => `${message.text} ${asQuiz(message).choices.join(' / ')}`,
    }
    return { kinds: { ...kinds, quiz, guessed, ended } }
  })
  vi.doMock('../../server/history/entries/index.ts', async (original) => {
    const { rowKinds, changeKinds } = await original<typeof SqlKinds>()
    const { folded } = await import('../../server/history/entries/folded.ts')
    return {
      rowKinds: { ...rowKinds, quiz: rowKinds.message },
      changeKinds: { guessed: folded('guessed' as never), ended: folded('ended' as never), ...changeKinds },
    }
  })
}

/** Modules imported after this are of the current version. */
export function forget(): void {
  for (const file of [fieldsOf, listOf, '../../server/history/entries/index.ts']) vi.doUnmock(file)
  vi.resetModules()
}
