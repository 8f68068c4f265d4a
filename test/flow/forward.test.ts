// Forwarding: only the place of a message is passed on, and everybody reads it with their own rights, as it is now.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newCid } from '../../server/protocol/cid.ts'
import type { PageAnswer } from '../../server/protocol/http.ts'
import { Brook } from '../support/brook.ts'
import { fresh } from '../support/fresh.ts'
import type { Person } from '../support/person.ts'

let brook: Brook
beforeAll(async () => {
  brook = await Brook.start()
  await brook.serve()
})
afterAll(() => brook.stop())

const secretWords = 'the safe opens at nine'

/** Ann and Bob in a private room where something was said, Ann and Cho in a public one. */
async function houses() {
  const ann = await brook.enter(fresh('Ann'))
  const bob = await brook.enter(fresh('Bob'), 1)
  const cho = await brook.enter(fresh('Cho'), 1)
  const { id: secret } = await ann.makes(fresh('secret'), 'private')
  await ann.ask('POST', `/api/rooms/${secret}/members`, { name: bob.user.name })
  const { seq } = await ann.acked(ann.says(secretWords, { room: secret }))
  const { id: open } = await brook.meet(ann, bob, cho)
  return { ann, bob, cho, secret, open, seq }
}
const forwards = (who: Person, forwarded: object, more: object = {}) => {
  const cid = newCid()
  who.tells({ type: 'send', room: who.room, cid, text: '', forwarded, ...more })
  return cid
}
/** What a browser asks for when it draws the card. */
const sees = async (who: Person, room: string, seq: number) => {
  const { status, body } = await who.ask<PageAnswer>(
    'GET',
    `/api/rooms/${room}/messages?around=${seq}&limit=2`,
  )
  if (status !== 200) return (body as unknown as { error: { code: string } }).error.code
  const found = body.messages.find((one) => one.seq === seq)
  return found?.kind === 'message' ? (found.deletedAt === null ? found.text : 'deleted') : 'nothing'
}

test('who may read the original sees it as it is now; who may not learns nothing but its place', async () => {
  const { ann, bob, cho, secret, open, seq } = await houses()
  const { seq: at } = await ann.acked(forwards(ann, { room: secret, seq }))
  const heard = await cho.hears('')
  expect(heard).toMatchObject({ seq: at, text: '', forwarded: { room: secret, seq } })
  // Neither live, nor in a page, nor archived is there a word of it.
  await brook.archive()
  const told = JSON.stringify([cho.heard, await cho.page('', open), await cho.changes(0, open)])
  expect(told).toContain('"forwarded"')
  expect(told).not.toContain('safe')
  expect(await sees(cho, secret, seq)).toBe('not_found')
  expect(await sees(bob, secret, seq)).toBe(secretWords)
  await ann.ask('PATCH', `/api/rooms/${secret}/messages/${seq}`, { cid: newCid(), text: 'at ten' })
  expect(await sees(bob, secret, seq)).toBe('at ten')
  await ann.ask('DELETE', `/api/rooms/${secret}/messages/${seq}`, { cid: newCid() })
  expect(await sees(bob, secret, seq)).toBe('deleted')
})

test('nobody forwards what they cannot read, what is not there or what is deleted, by whichever way', async () => {
  const { ann, cho, secret, seq, open } = await houses()
  const { seq: gone } = await ann.acked(ann.says('gone', { room: open }))
  await ann.ask('DELETE', `/api/rooms/${open}/messages/${gone}`, { cid: newCid() })
  for (const place of [
    { room: secret, seq },
    { room: secret, seq: 9_999 },
    { room: '999999', seq: 1 },
    { room: open, seq: 9_999 },
    { room: open, seq: gone },
  ]) {
    expect(await cho.refused(forwards(cho, place))).toMatchObject({ code: 'bad_forward' })
    const body = { cid: newCid(), text: 'look', forwarded: place }
    expect(await cho.tries('POST', `/api/rooms/${open}/messages`, body)).toBe('bad_forward')
  }
  // A place is a place.
  for (const odd of [
    { room: secret },
    { room: 'x', seq },
    { room: secret, seq: 0 },
    { room: secret, seq, text: 'mine' },
  ])
    expect(await cho.refused(forwards(cho, odd))).toMatchObject({ code: 'bad_request' })
})

test('a comment goes with it and can be edited; without one, text is needed for nothing else', async () => {
  const { ann, bob, secret, seq, open } = await houses()
  const { seq: at } = await ann.acked(forwards(ann, { room: secret, seq }, { text: 'did you see?' }))
  expect(await bob.hears('did you see?')).toMatchObject({ forwarded: { room: secret, seq } })
  await ann.ask('PATCH', `/api/rooms/${open}/messages/${at}`, { cid: newCid(), text: 'did you all see?' })
  await brook.archive()
  const { messages } = await bob.page('', open)
  expect(messages.find((one) => one.seq === at)).toMatchObject({
    text: 'did you all see?',
    forwarded: { room: secret, seq },
  })
  // Deleted, the forward says nothing of where it led.
  await ann.ask('DELETE', `/api/rooms/${open}/messages/${at}`, { cid: newCid() })
  expect((await bob.page('', open)).messages.find((one) => one.seq === at)).not.toHaveProperty('forwarded')
  expect(await ann.refused(ann.says('', { room: open }))).toMatchObject({ code: 'empty_message' })
})

test('it is sent once under its cid, and in its turn among others', async () => {
  const { ann, secret, seq, open } = await houses()
  const cids = [ann.says('before'), forwards(ann, { room: secret, seq }), ann.says('after')]
  const numbers = (await Promise.all(cids.map((cid) => ann.acked(cid)))).map((ack) => ack.seq)
  expect(numbers).toEqual([...numbers].sort((a, b) => a - b))
  const again = { cid: cids[1], text: '', forwarded: { room: secret, seq } }
  const answer = await ann.ask<{ seq: number }>('POST', `/api/rooms/${open}/messages`, again)
  expect(answer.body.seq).toBe(numbers[1])
})
