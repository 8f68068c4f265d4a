// The network goes, the server goes, both come back: nothing said is lost, nothing is there twice, and one is told.
import { expect, test } from 'vitest'
import { en } from '../../web/words/en.ts'
import { fill } from '../support/browser-visitor.ts'
import { tellStory } from '../support/browser.ts'
import { until } from '../support/until.ts'

const story = tellStory()

/** What a browser says of a server that goes (what it has not read yet is reset), is away, or is not ready yet. */
const goneServer = [
  /WebSocket connection to .* failed/,
  /ERR_(CONNECTION_(REFUSED|RESET|CLOSED)|EMPTY_RESPONSE)/,
  /status of 503/,
]

const form = (words: string, which: number): string => words.split('|')[which]?.trim() ?? ''
const one = fill(form(en.link.offlineWaiting, 0), { n: 1 })
const many = (n: number): string => fill(form(en.link.offlineWaiting, 1), { n })

test('what is typed offline waits, is sent once, and what was missed is there', async () => {
  const ann = await story().enters('Ann')
  await ann.makes('shore')
  await ann.says('before the storm')
  const bob = await story().enters('Bob')
  await bob.joins('shore')
  await bob.sees('before the storm')

  // Low, so that what comes is more than fits.
  await ann.page.setViewportSize({ width: 1440, height: 460 })
  await ann.goesOffline()
  await ann.isTold(en.link.offline)
  await ann.says('typed offline, first')
  await ann.isTold(one)
  await ann.says('typed offline, second')
  await ann.isTold(many(2))
  for (const n of [1, 2, 3]) await bob.says(`said meanwhile ${n}`)
  await bob.sees('said meanwhile 3')
  expect(await ann.said()).not.toContain('said meanwhile 1')

  await ann.comesBack()
  await bob.sees('typed offline, second')
  await ann.sees('said meanwhile 3')
  // What was missed came before what waited: the reader is at the newest as before.
  await until(() =>
    ann.list.evaluate(
      (list) =>
        list.scrollHeight > list.clientHeight && list.scrollHeight - list.scrollTop - list.clientHeight < 1,
    ),
  )
  const all = [
    'before the storm',
    ...[1, 2, 3].map((n) => `said meanwhile ${n}`),
    ...['first', 'second'].map((n) => `typed offline, ${n}`),
  ]
  for (const person of [ann, bob])
    await until(
      () => person.said(),
      (said) => said.join() === all.join(),
    )
  await until(
    () => ann.status.count(),
    (lines) => lines === 0,
  )
})

test('a reload without a server keeps what waits, and it is sent once', async () => {
  const cho = await story().enters('Cho')
  await cho.makes('kept')
  await cho.says('the room has begun')
  const dia = await story().enters('Dia')
  await dia.joins('kept')
  await dia.sees('the room has begun')
  for (const person of [cho, dia]) person.expects(...goneServer)
  const server = await story().serverGoes()
  await cho.isTold(en.link.offline)
  await cho.says('kept through a reload')
  await cho.isTold(one)
  const room = cho.page.url()
  await expect(cho.page.reload(), 'there is nothing to load').rejects.toThrow('ERR_CONNECTION_REFUSED')

  await server.returns()
  await cho.page.goto(room)
  await dia.sees('kept through a reload')
  await cho.stands('kept through a reload', en.room.standing.archived)
  for (const person of [cho, dia])
    expect(await person.said()).toEqual(['the room has begun', 'kept through a reload'])
})

test('the server stops and starts again: both browsers return by themselves', async () => {
  const [eve, fay] = [await story().enters('Eve'), await story().enters('Fay')]
  await eve.says('before the stop')
  await fay.sees('before the stop')
  for (const person of [eve, fay]) person.expects(...goneServer)
  const server = await story().serverGoes()
  await eve.isTold(en.link.offline)
  await eve.says('said to nobody yet')
  await eve.isTold(one)
  await server.returns()
  await fay.sees('said to nobody yet')
  await fay.says('and I am back too')
  await eve.sees('and I am back too')
  const all = ['before the stop', 'said to nobody yet', 'and I am back too']
  for (const person of [eve, fay]) expect((await person.said()).slice(-3)).toEqual(all)
})
