// Files that mean harm, from their upload to their last reader: each is refused in words, or answered as what no browser runs, to
// its owner and to whoever reads its message.
import { parse } from 'content-disposition'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newCid } from '../../server/protocol/cid.ts'
import type { FileRef } from '../../server/protocol/files.ts'
import { Brook } from '../support/brook.ts'
import { hostileFiles, type HostileFile } from '../support/hostile-files/corpus.ts'
import type { Person } from '../support/person.ts'
import { begins, gets, sends, type Got } from '../support/uploads.ts'

const corpus = await hostileFiles()
let brook: Brook
let eve: Person
let bob: Person
beforeAll(async () => {
  brook = await Brook.start()
  eve = await brook.enter('Eve')
  bob = await brook.enter('Bob')
  await brook.meet(eve, bob)
})
afterAll(() => brook.stop())

/** What it became; or the code of its refusal. */
async function uploaded({ bytes, name }: HostileFile): Promise<FileRef | string> {
  const begun = await begins(eve, bytes.length, { name })
  const path = begun.headers.get('location')
  if (path === null) return begun.code ?? `status ${begun.status}`
  const sent = await sends(eve, path, 0, new Uint8Array(bytes))
  if (sent.status !== 204) return sent.code ?? `status ${sent.status}`
  return (await eve.ask<{ file: FileRef }>('GET', path)).body.file
}

/** What every answer with somebody's bytes says. */
function isHarmless({ headers }: Got, name: string, mayBeShown: boolean): void {
  expect(headers.get('x-content-type-options')).toBe('nosniff')
  expect(headers.get('content-security-policy')).toMatch(/^default-src 'none';.* sandbox$/)
  expect(headers.get('cross-origin-resource-policy')).toBe('same-origin')
  expect(headers.get('set-cookie')).toBeNull()
  const { type, parameters } = parse(headers.get('content-disposition') ?? '')
  expect(type).toMatch(mayBeShown ? /^(?:inline|attachment)$/ : /^attachment$/)
  // A browser reads it as the name that it is, which leads nowhere.
  expect(parameters['filename']).toBe(name)
}

const shownTypes =
  /^(?:image\/(?:jpeg|png|apng|gif|webp|avif)|(?:video|audio)\/[\w.+-]+|text\/plain; charset=[\w-]+|application\/pdf)$/

test.each(corpus)('$what', async (file) => {
  const kept = await uploaded(file)
  const seen = typeof kept === 'string' ? `refused ${kept}` : kept.kind
  if (file.fate !== 'any') expect(seen).toBe(file.fate)
  if (typeof kept === 'string') return
  expect(kept.name).not.toMatch(/[/\\\u0000-\u001f\u007f\u202a-\u202e\u2066-\u2069]/)
  const sent = await eve.tries('POST', `/api/rooms/${eve.room}/messages`, {
    cid: newCid(),
    text: '',
    files: [kept.id],
  })
  expect(sent).toBe(201)
  for (const who of [eve, bob]) {
    for (const query of ['', '?download=1']) {
      const got = await gets(who, kept.id, query)
      expect(got.status).toBe(200)
      isHarmless(got, kept.name, kept.kind !== 'other' && query === '')
      const type = got.headers.get('content-type') ?? ''
      if (kept.kind !== 'other') expect(type).toMatch(shownTypes)
      expect(type).not.toMatch(/html|xml|svg|script|css|manifest|wasm|flash/)
      expect(got.bytes.length).toBe(file.bytes.length)
      if (who === eve) expect(got.bytes.equals(file.bytes)).toBe(true)
      else if (kept.kind === 'image') expect(got.bytes.includes('<script')).toBe(false)
    }
    const got = await fetch(`${who.address}/api/files/${kept.id}/preview?width=300`, {
      headers: { cookie: who.cookie },
    })
    if (kept.kind !== 'image') expect(got.status).toBe(404)
    else {
      const bytes = Buffer.from(await got.arrayBuffer())
      expect([got.status, got.headers.get('content-type')]).toEqual([200, 'image/webp'])
      isHarmless({ status: 200, headers: got.headers, bytes }, `${kept.name}.webp`, true)
      const { format, width, height } = await sharp(bytes).metadata()
      expect(format).toBe('webp')
      expect(width).toBeLessThanOrEqual(kept.width ?? 0)
      expect(height).toBeLessThanOrEqual(kept.height ?? 0)
      expect(bytes.includes('script')).toBe(false)
    }
  }
})

test('the server is as it was', async () => {
  expect((await fetch(`${eve.address}/readyz`)).status).toBe(200)
  const plain = { what: '', name: 'last.txt', bytes: Buffer.from('words'), fate: 'text' as const }
  expect(await uploaded(plain)).toMatchObject({ kind: 'text', type: 'text/plain' })
})
