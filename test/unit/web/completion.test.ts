// Completing at the caret: which piece is being typed, the choices for it, and what a key does.
import { flushPromises } from '@vue/test-utils'
import { nextTick, shallowRef } from 'vue'
import { describe, expect, it } from 'vitest'
import type { OfferedCommand } from '../../../server/protocol/http.ts'
import type { Member } from '../../../server/protocol/people.ts'
import type { Choice, Piece, Source, Typed } from '../../../web/conversation/composer/completion/choice.ts'
import { commandSource } from '../../../web/conversation/composer/completion/sources/commands.ts'
import { emojiSource } from '../../../web/conversation/composer/completion/sources/emoji.ts'
import { peopleSource, type Circle } from '../../../web/conversation/composer/completion/sources/people.ts'
import {
  closedPiece,
  emojiPiece,
  namePiece,
  withEmoji,
} from '../../../web/conversation/composer/completion/sources/pieces.ts'
import { useCompletion } from '../../../web/conversation/composer/completion/use-completion.ts'
import type { Emoji } from '../../../web/conversation/message/emoji/emoji-data.ts'

/** `|` is the caret. */
const at = (marked: string): Typed => ({ text: marked.replace('|', ''), caret: marked.indexOf('|') })
const queryOf = (piece: Piece | undefined): string | undefined => piece?.query

describe('a name is being typed', () => {
  it.each([
    ['@|', ''],
    ['hi @an|', 'an'],
    ['hi @an|d more', 'an'],
    ['@Ann Le|', 'Ann Le'],
    ['你好@李|', '李'],
    ['ありがとう@|', ''],
    ['(@an|', 'an'],
    ['＠ＡＮ|', 'ＡＮ'],
    ['one\n@an|', 'an'],
    ['`code` @an|', 'an'],
    ['```\ncode\n```\n@an|', 'an'],
  ])('in %j: %j', (typed, query) => expect(queryOf(namePiece(at(typed)))).toBe(query))

  it.each([
    'ann@ex|',
    'x.@an|',
    '/@an|',
    '@@an|',
    '_@an|',
    '@ an|',
    '@an\n|',
    '안녕@an|',
    'an|',
    '',
    '`@an|',
    '`a @an|` b',
    '```\n@an|',
    '```js\na\n\n@an|\n```',
  ])('not in %j', (typed) => expect(namePiece(at(typed))).toBeUndefined())

  it('only as far as a name can reach, and not during a selection', () => {
    expect(namePiece(at(`@${'x'.repeat(64)}|`))).toBeDefined()
    expect(namePiece(at(`@${'x'.repeat(65)}|`))).toBeUndefined()
    expect(namePiece({ text: '@ann', caret: -1 })).toBeUndefined()
  })
})

describe('an emoji is being typed', () => {
  it.each([
    [':smi|', 'smi'],
    ['well :+1|', '+1'],
    ['(:ta|', 'ta'],
    [':笑|', '笑'],
    ['说 :笑脸|', '笑脸'],
  ])('in %j: %j', (typed, query) => expect(queryOf(emojiPiece(at(typed)))).toBe(query))

  it.each([
    ':|',
    ':s|',
    ':D|',
    '10:30|',
    'at :30|',
    'a::bc|',
    'https://ab|',
    '状态:ok|',
    'is:ab|',
    ': ab|',
    '`:smi|',
    '```\n:smi|',
    '\\:smi|',
    '：笑|',
  ])('not in %j', (typed) => expect(emojiPiece(at(typed))).toBeUndefined())

  it('and is closed by a colon', () => {
    expect(queryOf(closedPiece(at('oh :smile:|')))).toBe('smile')
    expect(queryOf(closedPiece(at('你好:smile:|')))).toBe('smile')
    expect(queryOf(closedPiece(at(':smile::tada:|')))).toBeUndefined()
    for (const typed of ['10:30:|', 'std::string:|', '\\:smile:|', '`:smile:|', ':smile: |'])
      expect(closedPiece(at(typed)), typed).toBeUndefined()
  })

  it('names typed in full become emoji, except in code; other words stay', () => {
    const named = (code: string): string | undefined => ({ tada: '🎉', '+1': '👍', 大笑: '😄' })[code]
    expect(withEmoji(':tada: 真好:大笑: :+1::nothing:', named)).toBe('🎉 真好😄 👍:nothing:')
    const code = '`:tada:` and\n```\n:tada:\n```\n:tada: `open :tada:'
    expect(withEmoji(code, named)).toBe('`:tada:` and\n```\n:tada:\n```\n🎉 `open 🎉')
    expect(withEmoji('```\n:tada:', named)).toBe('```\n:tada:')
    expect(withEmoji('\\:tada: 10:tada: a:tada:', named)).toBe('\\:tada: 10:tada: a:tada:')
    expect(withEmoji('> - **:tada:** [:tada:](https://a.example)', named)).toBe(
      '> - **🎉** [🎉](https://a.example)',
    )
  })

  it.each([
    '比分:100:98',
    '比分:100:',
    '坐标:x:',
    '10:100:98',
    'a:fire:b',
    ':fire:st',
    'std::fire::x',
    'https://a.example/?q=:fire:&x=1',
    'www.a.example/:fire:',
    '<https://a.example/:fire:>',
    '[x](https://a.example/:fire:)',
    '``:fire:`` `` ` :fire: ``',
    '````\n```\n:fire:\n````',
    '~~~\n:fire:\n~~~',
    '> ```\n> :fire:\n> ```',
    '- a\n  ```\n  :fire:\n  ```',
    'C:\\x :fire:\u{f0000}',
  ])('not within words, numbers, addresses or code: %j', (text) => {
    const named = (code: string) => ({ fire: '🔥', '100': '💯', x: '❌' })[code]
    expect(withEmoji(text, named)).toBe(text)
    const end = text.indexOf(':fire:') + 6
    if (text.includes(':fire:') && !text.startsWith(':'))
      expect(emojiPiece({ text, caret: end - 2 }), text).toBeUndefined()
  })
})

const member = (id: string, name: string, more: Partial<Member> = {}): Member => ({
  id,
  name,
  role: 'member',
  here: false,
  ...more,
})
const circle: Circle = {
  members: [
    member('1', 'Me'),
    member('2', 'Anna'),
    member('3', 'Ann'),
    member('4', 'Ann Lee'),
    member('5', '李思'),
    member('6', '老王', { here: true }),
    member('7', 'José'),
    member('8', 'Lea'),
  ],
  status: 'ready',
  speakers: ['4', '5'],
  ownId: '1',
  mayNameAll: false,
}
const words = (choices: readonly Choice[]): string[] => choices.map((choice) => choice.words)
const names = (query: string, more: Partial<Circle> = {}): string[] =>
  words(peopleSource(() => ({ ...circle, ...more })).choices(query))

describe('people are offered', () => {
  it('by who spoke last, then who is online, then the others; never oneself', () => {
    expect(names('').slice(0, 3)).toEqual(['@Ann Lee', '@李思', '@老王'])
    expect(names('')).not.toContain('@Me')
    expect(names('')).toHaveLength(7)
  })

  it('by the whole name, then its beginning, then the beginning of a word', () => {
    expect(names('ann')).toEqual(['@Ann', '@Ann Lee', '@Anna'])
    expect(names('le')).toEqual(['@Lea', '@Ann Lee'])
    expect(names('思')).toEqual(['@李思'])
    expect(names('nobody')).toEqual([])
  })

  it('in any case and width; a space continues a longer name', () => {
    expect(names('ＡＮＮＡ')).toEqual(['@Anna'])
    expect(names('JOSÉ')).toEqual(['@José'])
    expect(names('Ann ')).toEqual(['@Ann Lee'])
    expect(names('Ann Lee ')).toEqual([])
  })

  it('among groups, by the same ranks', () => {
    const group = (id: string, name: string) => ({ id, name, people: 3, mine: false, mayChange: false })
    const groups = [group('1', 'Annalists'), group('2', 'leads')]
    expect(names('ann', { groups })).toEqual(['@Ann', '@Ann Lee', '@Anna', '@Annalists'])
    expect(names('lead', { groups })).toEqual(['@leads'])
    const { isWhole, choices } = peopleSource(() => ({ ...circle, groups }))
    expect(choices('leads').map((choice) => isWhole(choice, 'leads'))).toEqual([true])
  })

  it('with @room and @here for those who may', () => {
    expect(names('', { mayNameAll: true }).slice(-2)).toEqual(['@room', '@here'])
    expect(names('her', { mayNameAll: true })).toEqual(['@here'])
    expect(names('所有', { mayNameAll: true })).toEqual(['@room'])
    expect(names('room')).toEqual([])
  })

  it('at most eight, of however many', () => {
    const members = Array.from({ length: 2_000 }, (_, n) => member(String(n + 10), `user ${n}`))
    expect(names('user', { members })).toHaveLength(8)
    expect(names('user 1999', { members })).toEqual(['@user 1999'])
  })
})

const english: Emoji[] = [
  ['😄', 'grinning face with smiling eyes', ['grinning_face_with_closed_eyes', 'smile'], 'happy laugh'],
  ['😃', 'grinning face with big eyes', ['smiley'], 'happy'],
  ['🎉', 'party popper', ['tada'], 'celebration'],
  ['👍', 'thumbs up', ['+1', 'thumbsup', 'yes'], 'like'],
].map(([emoji, annotation, codes, tags]) => ({
  emoji,
  annotation,
  codes,
  group: 0,
  words: `${annotation as string} ${tags as string}`,
})) as Emoji[]
const chinese: Emoji[] = [
  ['😄', '大笑', ['da_xiao'], '哈哈 开心'],
  ['🎉', '拉炮彩带', ['la_pao_cai_dai'], '庆祝'],
].map(([emoji, annotation, codes, tags]) => ({
  emoji,
  annotation,
  codes,
  group: 0,
  words: `${annotation as string} ${tags as string}`,
})) as Emoji[]

describe('emoji are offered', () => {
  const open = async (language: string, query: string) => {
    const loaded: string[] = []
    const source = emojiSource(
      () => language,
      (wanted) => Promise.resolve((loaded.push(wanted), wanted === 'zh' ? chinese : english)),
    )
    source.look(query)
    await flushPromises()
    return { source, loaded, shown: words(source.choices(query)) }
  }

  it('by their short names first, then by their other words', async () => {
    expect((await open('en', 'smi')).shown).toEqual(['😄', '😃'])
    expect((await open('en', 'hap')).shown).toEqual(['😄', '😃'])
    expect((await open('en', '+1')).shown).toEqual(['👍'])
    expect((await open('en', 'zzz')).shown).toEqual([])
  })

  it('by Chinese names and their pinyin, which an English reader loads with the first Chinese letter', async () => {
    const reader = await open('zh', '笑')
    expect([reader.shown, reader.loaded]).toEqual([['😄'], ['en', 'zh']])
    expect(words(reader.source.choices('daxiao'))).toEqual(['😄'])
    expect(reader.source.choices('smi')[0]).toMatchObject({ code: 'smile', name: '大笑' })
    const other = await open('en', 'par')
    expect([other.shown, other.loaded]).toEqual([['🎉'], ['en']])
    other.source.choices('庆')
    await flushPromises()
    expect(words(other.source.choices('庆'))).toEqual(['🎉'])
  })

  it('and replaced when sent; until the data is loaded, the text stays as it is', async () => {
    const { source } = await open('en', 'ta')
    expect(source.spell('hi :TADA:, :smile:')).toBe('hi 🎉, 😄')
    expect(emojiSource(() => 'en').spell(':tada:')).toBe(':tada:')
  })

  it('not if they cannot be loaded, which is shown and retried', async () => {
    let tries = 0
    const source = emojiSource(
      () => 'en',
      () => (++tries === 1 ? Promise.reject(new Error('no')) : Promise.resolve(english)),
    )
    source.look('sm')
    await flushPromises()
    expect(source.state.value).toBe('failed')
    source.look('sm')
    await flushPromises()
    expect([source.state.value, tries]).toEqual(['ready', 2])
  })
})

const bot = { id: '9', name: 'dice', bot: true as const }
const offered = (...all: string[]): OfferedCommand[] =>
  all.map((name) => ({ name, usage: '', help: `help of ${name}`, user: bot }))

describe('completing', () => {
  const complete = async (start: string, ...sources: Source[]) => {
    const typed = shallowRef(at(start))
    let composing = false
    const completion = useCompletion({
      typed,
      sources,
      isComposing: () => composing,
      put: ({ from, to }, put) => {
        const { text } = typed.value
        typed.value = { text: text.slice(0, from) + put + text.slice(to), caret: from + put.length }
      },
    })
    const type = async (next: string) => {
      typed.value = at(next)
      await nextTick()
      await Promise.resolve()
    }
    await type(start)
    const shown = (): string => {
      const { text, caret } = typed.value
      return `${text.slice(0, caret)}|${text.slice(caret)}`
    }
    return { ...completion, type, shown, compose: (is: boolean) => (composing = is) }
  }
  const commands = (
    answer: OfferedCommand[] | { code: 'unreachable' } = offered('poll', 'remind', 'roll'),
  ) => {
    const asked = { times: 0, clock: 0 }
    const list = () => Promise.resolve((asked.times++, answer))
    return { asked, source: commandSource(list, undefined, () => asked.clock) }
  }
  const people = peopleSource(() => circle)

  it('requests the list of commands at a slash, once for a while', async () => {
    const { asked, source } = commands()
    const one = await complete('|', source)
    expect(asked.times).toBe(0)
    for (const text of ['/|', '/r|', '|', '/|']) await one.type(text)
    expect(asked.times).toBe(1)
    asked.clock = 10_000
    for (const text of ['|', '/|']) await one.type(text)
    expect(asked.times).toBe(2)
  })

  it('moves up and down around the ends, and picks', async () => {
    const one = await complete('/r|', commands().source)
    expect(words(one.choices.value)).toEqual(['/remind', '/roll'])
    expect([one.move(1), one.chosen.value, one.move(1), one.chosen.value]).toEqual([true, 1, true, 0])
    one.move(-1)
    expect([one.pick(), one.shown()]).toEqual([true, '/roll |'])
    await nextTick()
    expect([one.isOpen.value, one.move(1), one.pick()]).toEqual([false, false, false])
  })

  it('Enter completes what is begun, and leaves what is typed in full', async () => {
    const one = await complete('/rol|', commands().source)
    expect([one.enter(), one.shown()]).toEqual([true, '/roll |'])
    expect((await complete('/roll|', commands().source)).enter()).toBe(false)
    expect((await complete('/nonsense|', commands().source)).enter()).toBe(false)
    expect((await complete('hi @ann lee|', people)).enter()).toBe(false)
    const name = await complete('hi @ann l|', people)
    expect([name.enter(), name.shown()]).toEqual([true, 'hi @Ann Lee |'])
  })

  it('puts a name in the middle of a text, with a space if there is none', async () => {
    const middle = await complete('好@李| 再见', people)
    expect([middle.pick(), middle.shown()]).toEqual([true, '好@李思| 再见'])
    const comma = await complete('好@李|，再见', people)
    expect([comma.pick(), comma.shown()]).toEqual([true, '好@李思|，再见'])
    const word = await complete('@李|再见', people)
    expect([word.pick(), word.shown()]).toEqual([true, '@李思 |再见'])
  })

  it('if no name continues as it is typed, an emoji may begin', async () => {
    const emoji = emojiSource(
      () => 'en',
      () => Promise.resolve(english),
    )
    const one = await complete('see @an|', people, emoji)
    expect(one.kind.value).toBe('person')
    await one.type('see @an and :smi|')
    await flushPromises()
    expect([one.kind.value, words(one.choices.value)]).toEqual(['emoji', ['😄', '😃']])
  })

  it('what was picked or closed stays closed, and the next one opens', async () => {
    const one = await complete('@ann|', people)
    one.pick()
    await nextTick()
    expect([one.shown(), one.isOpen.value]).toEqual(['@Ann |', false])
    await one.type('@Ann and @le|')
    expect(one.isOpen.value).toBe(true)
    expect(one.close()).toBe(true)
    await one.type('@Ann and @lea|')
    expect([one.isOpen.value, one.close()]).toEqual([false, false])
  })

  it('nothing opens, moves or is accepted while an input method is active', async () => {
    const one = await complete('|', people)
    one.compose(true)
    await one.type('@l|')
    expect([one.isOpen.value, one.move(1), one.pick(), one.enter()]).toEqual([false, false, false, false])
    one.compose(false)
    await one.type('@le|')
    expect([one.isOpen.value, one.kind.value]).toEqual([true, 'person'])
  })

  it('a list that could not be loaded is reported, and loaded again', async () => {
    const { asked, source } = commands({ code: 'unreachable' })
    const one = await complete('/|', source)
    expect([one.isOpen.value, one.state.value]).toEqual([true, 'failed'])
    for (const text of ['|', '/|']) await one.type(text)
    expect(asked.times).toBe(2)
  })
})
