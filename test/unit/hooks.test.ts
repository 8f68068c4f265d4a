// Webhooks without a store: which addresses may be reached, which messages are delivered, how long to wait.
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { isPublicAddress, publicLookup, refuseUrl } from '../../server/address-guard.ts'
import { deliver, signature } from '../../server/hook/deliver.ts'
import { backOff } from '../../server/hook/deliverer.ts'
import { DeliverySlots } from '../../server/hook/delivery-slots.ts'
import { passes } from '../../server/hook/filter.ts'
import { newCid } from '../../server/protocol/cid.ts'
import { limits } from '../../server/protocol/limits.ts'

describe('addresses that a webhook may reach', () => {
  test.each(['93.184.216.34', '8.8.8.8', '2606:4700::1111', '[2a00:1450::1]'])('%s is public', (address) => {
    expect(isPublicAddress(address)).toBe(true)
  })

  test.each([
    '127.0.0.1',
    '127.255.0.9',
    '0.0.0.0',
    '10.1.2.3',
    '172.31.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '192.0.2.1',
    '224.0.0.1',
    '255.255.255.255',
    '::1',
    '::',
    'fe80::1',
    'fe80::1%eth0',
    'fc00::1',
    'fd12::1',
    'ff02::1',
    '::ffff:127.0.0.1',
    '::ffff:8.8.8.8',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    '2001::1',
    '2001:db8::1',
    'not an address',
    '',
  ])('%s is not', (address) => {
    expect(isPublicAddress(address)).toBe(false)
  })

  test.each([
    ['http://127.1/', 'private_url'],
    ['http://2130706433/', 'private_url'],
    ['http://0x7f.0.0.1/', 'private_url'],
    ['http://[::1]:3000/', 'private_url'],
    ['http://[::ffff:10.0.0.1]/', 'private_url'],
    ['http://localhost/', 'private_url'],
    ['http://metadata.google.internal/', 'private_url'],
    ['file:///etc/passwd', 'bad_url'],
    ['https://ann:pw@x.example/', 'bad_url'],
    ['https://x.example/hook', undefined],
  ])('%s: %s', (url, refusal) => {
    expect(refuseUrl(new URL(url), false)).toBe(refusal)
  })

  test('a name that resolves to this machine is refused', async () => {
    const lookup = promisify(publicLookup)
    await expect(lookup('localhost', { all: true })).rejects.toThrow('not a public address')
    await expect(lookup('localhost', {})).rejects.toThrow('not a public address')
  })

  test('WEBHOOK_PRIVATE=on allows private ones, and a delivery without it never connects', async () => {
    expect(refuseUrl(new URL('http://127.0.0.1/'), true)).toBeUndefined()
    const message = {
      ...({
        kind: 'message',
        seq: 1,
        updatedSeq: 1,
        cid: newCid(),
        text: 'hi',
        at: 0,
        replyTo: null,
      } as const),
      editedAt: null,
      deletedAt: null,
      reactions: [],
      user: { id: '1', name: 'Ann' },
    }
    const address = { url: 'http://localhost.:1/', secret: 's', mayBePrivate: false }
    const outcome = await deliver(
      address,
      { hook: { id: '1', replays: 0 }, room: '7', message, origin: '' },
      new AbortController().signal,
    )
    expect(outcome).toMatchObject({ state: 'failed', error: 'private address' })
  })
})

test('a signature is the time and an HMAC over time and body', () => {
  expect(signature('secret', '{}', 1_700_000_000_000)).toBe(
    't=1700000000,v1=b8569b78799ff9e3cbff0fc2d63a33a2b57f3282abd07c37ae5e8e7d79a5f163',
  )
})

test('waits double up to the maximum, half of each random', () => {
  const { firstMs, maxMs } = limits.hooks.retry
  expect([0, 1, 2].map((failures) => backOff(failures, 1))).toEqual([firstMs, 2 * firstMs, 4 * firstMs])
  expect(backOff(0, 0)).toBe(firstMs / 2)
  expect(backOff(1_000, 1)).toBe(maxMs)
})

test('a filter’s word is a whole word, in any case', () => {
  const starts = { kind: 'starts', word: '!Deploy' } as const
  expect(['!deploy', '!deploy: x', '\n!DEPLOY', '!deploy上线'].every((text) => passes(starts, text))).toBe(
    true,
  )
  expect(['say !deploy', '!deploys', '!deploy_x', ''].some((text) => passes(starts, text))).toBe(false)
  const mentions = { kind: 'mentions', word: '@ops' } as const
  expect(['@ops', 'hi @OPS!', '看@ops看'].every((text) => passes(mentions, text))).toBe(true)
  expect(['ops', 'a@ops.example', '@opsy', 'x@ops'].some((text) => passes(mentions, text))).toBe(false)
})

describe('slots of deliveries', () => {
  let now = 0
  const slots = () => new DeliverySlots({ all: 16, ofOne: 4, slowMs: 1_000, now: () => now })
  let hooks = 0
  const hook = (owner: string | null, room: string) => ({ id: `${(hooks += 1)}`, owner, room })
  const many = (count: number, owner: string, room?: string) =>
    Array.from({ length: count }, (_, i) => hook(owner, room ?? `${owner}-${i}`))
  const owners = (begun: { owner: string | null }[]) => begun.map(({ owner }) => owner).sort()
  /** Webhooks that have answered in time. */
  const proven = (own: DeliverySlots, some: { id: string }[]) => some.map(({ id }) => own.answered(id, 20))

  test('webhooks that nobody knows to be quick have half of all, and half of what one owner or one room has', () => {
    const own = slots()
    expect(own.begin(many(80, 'guest'))).toHaveLength(2)
    expect(own.begin([hook('Ann', 'garden'), hook('Bo', 'garden'), hook('Cy', 'garden')])).toHaveLength(2)
    expect(own.begin(['a', 'b', 'c', 'd'].flatMap((owner) => many(9, owner)))).toHaveLength(4)
    expect(own.areOthersWaiting).toBe(true)
    const quick = [...many(9, 'Eve'), hook(null, 'yard')]
    proven(own, quick)
    expect(owners(own.begin(quick))).toEqual(['Eve', 'Eve', 'Eve', 'Eve', null].sort())
  })

  test('whoever has the fewest comes first, and of one owner’s the one that waits longest', () => {
    const own = slots()
    const [first, ...others] = many(5, 'guest')
    const quick = [first, ...others].flatMap((one) => one ?? [])
    proven(own, quick)
    const begun = own.begin(quick)
    expect(begun).toHaveLength(4)
    own.end(begun[0]?.id ?? '')
    expect(own.begin(quick).map(({ id }) => id)).toEqual([quick[4]?.id])
    expect(own.begin(quick)).toEqual([])
  })

  test('who has had a slot for a while gives it to those who wait; a late answer makes a receiver slow', () => {
    const own = slots()
    const [one, two, three] = many(3, 'guest')
    if (one === undefined || two === undefined || three === undefined) throw new Error('three')
    own.begin([one, two])
    now += 1_000
    expect(own.isOver(one.id)).toBe(false)
    own.begin([three])
    expect(own.isOver(one.id)).toBe(true)
    own.answered(one.id, 40)
    own.end(one.id)
    expect(own.begin([three, one]).map(({ id }) => id)).toEqual([three.id, one.id])
    own.answered(one.id, 1_000)
    own.end(one.id)
    expect(own.begin([one])).toEqual([])
  })
})
