import { nextTick, ref } from 'vue'
import { describe, expect, it } from 'vitest'
import type { OfferedCommand } from '../../../server/protocol/http.ts'
import { matching, nameBeing, readTyped } from '../../../web/room/slash.ts'
import { useCompletion } from '../../../web/room/use-completion.ts'

const bot = { id: '9', name: 'dice', bot: true as const }
const offered = (...names: string[]): OfferedCommand[] =>
  names.map((name) => ({ name, usage: '', help: `help of ${name}`, user: bot }))

describe('a line that begins with a slash', () => {
  it.each([
    ['hello', { say: 'hello' }],
    [' /roll', { say: ' /roll' }],
    ['//etc/hosts', { say: '/etc/hosts' }],
    ['/roll', { name: 'roll', args: '' }],
    ['/Roll  2d6 ', { name: 'roll', args: '2d6' }],
    ['/poll a?\n| b\n| c', { name: 'poll', args: 'a?\n| b\n| c' }],
    ['/etc/hosts', { name: 'etc/hosts', args: '' }],
    ['/', { name: '', args: '' }],
  ])('%j is %j', (text, typed) => expect(readTyped(text)).toEqual(typed))

  it('is completed while its name is typed, and no longer', () => {
    expect(['/', '/Ro', '/roll '].map(nameBeing)).toEqual(['', 'ro', undefined])
    expect(['//', 'a/', '/a/b', ''].map(nameBeing)).toEqual([undefined, undefined, undefined, undefined])
  })

  it('is met first by those that begin with it', () => {
    const names = matching(offered('poll', 'roll', 'ol'), 'ol').map(({ name }) => name)
    expect(names).toEqual(['ol', 'poll', 'roll'])
  })
})

describe('completing', () => {
  const complete = async (
    start = '',
    answer: OfferedCommand[] | { code: 'unreachable' } = offered('poll', 'remind', 'roll'),
  ) => {
    const text = ref(start)
    let asked = 0
    let clock = 0
    const completion = useCompletion(
      text,
      () => Promise.resolve((asked++, answer)),
      () => clock,
    )
    const type = async (next: string) => {
      text.value = next
      await nextTick()
      await Promise.resolve()
    }
    await type(start)
    return { text, type, ...completion, asked: () => asked, later: () => (clock += 10_000) }
  }

  it('asks for the list at a slash, once for a while', async () => {
    const one = await complete()
    expect(one.asked()).toBe(0)
    await one.type('/')
    await one.type('/r')
    await one.type('')
    await one.type('/')
    expect(one.asked()).toBe(1)
    one.later()
    await one.type('')
    await one.type('/')
    expect(one.asked()).toBe(2)
  })

  it('goes up and down around the ends, and picks', async () => {
    const one = await complete('/r')
    expect(one.matches.value.map(({ name }) => name)).toEqual(['remind', 'roll'])
    expect([one.move(1), one.chosen.value, one.move(1), one.chosen.value]).toEqual([true, 1, true, 0])
    one.move(-1)
    expect(one.pick()).toBe(true)
    expect(one.text.value).toBe('/roll ')
    await nextTick()
    expect([one.isOpen.value, one.move(1), one.pick()]).toEqual([false, false, false])
  })

  it('Enter completes what is begun, and asks for what is typed in full', async () => {
    const one = await complete('/rol')
    expect([one.enter(), one.text.value]).toEqual([true, '/roll '])
    const full = await complete('/roll')
    expect([full.enter(), full.text.value]).toEqual([false, '/roll'])
    const unknown = await complete('/nonsense')
    expect(unknown.enter()).toBe(false)
  })

  it('Escape closes it for this name, and another slash opens it', async () => {
    const one = await complete('/r')
    expect(one.close()).toBe(true)
    await one.type('/ro')
    expect([one.isOpen.value, one.close()]).toEqual([false, false])
    await one.type('')
    await one.type('/')
    expect(one.isOpen.value).toBe(true)
  })

  it('a list that could not be had is said, and asked for again', async () => {
    const one = await complete('/', { code: 'unreachable' })
    expect(one.state.value).toBe('failed')
    await one.type('')
    await one.type('/')
    expect(one.asked()).toBe(2)
  })
})
