// Messages with files in the outbox: they wait for their files, and nobody waits for them.
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { FileRef } from '../../../server/protocol/files.ts'
import type { ErrorCode } from '../../../server/protocol/errors.ts'
import { Outbox, type Said } from '../../../web/wire/outbox.ts'
import { memoryStorage, type OutboxStorage } from '../../../web/wire/outbox-storage.ts'
import type { Attached, Outgoing, OutgoingMessage } from '../../../web/wire/outgoing.ts'

const shown = { name: 'a.png', type: 'image/png', size: 3, kind: 'image' } as const
const refOf = (id: string): FileRef => ({ ...shown, id })
const attached = (...keys: string[]): Attached[] => keys.map((key) => ({ key, shown }))

async function liveTab(storage: OutboxStorage = memoryStorage()) {
  const tab = { sent: [] as Said[], items: [] as Outgoing[] }
  const outbox = new Outbox({
    storage,
    user: '1',
    tell: (said) => tab.sent.push(said) > 0,
    doubt: () => undefined,
    changed: (items) => (tab.items = items),
    dropped: () => undefined,
    announce: () => undefined,
  })
  outbox.live(true)
  await settle()
  return Object.assign(tab, { outbox })
}

const settle = () => vi.advanceTimersByTimeAsync(0)
const textsOf = ({ sent }: { sent: Said[] }) => sent.map((said) => ('text' in said ? said.text : undefined))
const refuse = (tab: { outbox: Outbox }, cid: string, code: ErrorCode) =>
  tab.outbox.refused({ type: 'error', code, message: '', cid })
const first = ({ items }: { items: Outgoing[] }) => items[0] as OutgoingMessage

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

it('a message is sent once the server has all of its files, with their ids in their order', async () => {
  const tab = await liveTab()
  const cid = tab.outbox.put('7', { text: 'look', attached: attached('a', 'b') })
  await settle()
  tab.outbox.fileWhole(cid, 'b', refOf('12'))
  await settle()
  expect(tab.sent).toEqual([])
  tab.outbox.fileWhole(cid, 'a', refOf('11'))
  await settle()
  expect(tab.sent).toEqual([{ type: 'send', room: '7', cid, text: 'look', files: ['11', '12'] }])
})

it('one whose files are all there is sent like any other', async () => {
  const tab = await liveTab()
  const cid = tab.outbox.put('7', { text: '', attached: [{ key: 'a', shown, ref: refOf('11') }] })
  await settle()
  expect(tab.sent).toEqual([{ type: 'send', room: '7', cid, text: '', files: ['11'] }])
})

it('what is written after it does not wait behind it', async () => {
  const tab = await liveTab()
  const big = tab.outbox.put('7', { text: 'big', attached: attached('a') })
  const words = tab.outbox.put('7', { text: 'words' })
  await settle()
  expect(textsOf(tab)).toEqual(['words'])
  tab.outbox.logged(words)
  tab.outbox.fileWhole(big, 'a', refOf('11'))
  await settle()
  expect(textsOf(tab)).toEqual(['words', 'big'])
})

it('it waits through a reload, with what has arrived', async () => {
  const storage = memoryStorage()
  const before = await liveTab(storage)
  const cid = before.outbox.put('7', { text: '', attached: attached('a', 'b') })
  before.outbox.fileWhole(cid, 'a', refOf('11'))
  await settle()
  const after = await liveTab(storage)
  await after.outbox.refresh()
  expect(first(after).attached?.map(({ ref }) => ref?.id)).toEqual(['11', undefined])
  after.outbox.fileWhole(cid, 'b', refOf('12'))
  await settle()
  expect(after.sent).toHaveLength(1)
})

it('a file that the server has no longer is uploaded anew, and not for ever', async () => {
  const tab = await liveTab()
  const cid = tab.outbox.put('7', { text: '', attached: [{ key: 'a', shown, ref: refOf('11') }] })
  for (let lost = 1; lost <= 3; lost += 1) {
    await settle()
    expect(tab.sent).toHaveLength(lost)
    refuse(tab, cid, 'file_gone')
    await settle()
    expect(first(tab)).toMatchObject({ state: 'waiting', attached: [{ key: 'a', lost }] })
    expect(first(tab).files).toBeUndefined()
    tab.outbox.fileWhole(cid, 'a', refOf('12'))
  }
  await settle()
  refuse(tab, cid, 'file_gone')
  expect(first(tab)).toMatchObject({ state: 'failed', refusal: { code: 'file_gone' } })
})

it('a file that is not taken fails its message, which can be tried again', async () => {
  const tab = await liveTab()
  const cid = tab.outbox.put('7', { text: 'x', attached: attached('a') })
  tab.outbox.fileRefused(cid, { code: 'quota' })
  await settle()
  expect(first(tab)).toMatchObject({ state: 'failed', refusal: { code: 'quota' } })
  tab.outbox.resend(cid)
  tab.outbox.fileWhole(cid, 'a', refOf('11'))
  await settle()
  expect(textsOf(tab)).toEqual(['x'])
})
