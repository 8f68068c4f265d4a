// What the systems of phones and desks are told of the installed app: its name, its icons, and what they may hand to it.
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { rgbOf } from '../../server/pictures/oklch.ts'
import type { Workspace } from '../../server/protocol/workspace.ts'
import { Brook } from '../support/brook.ts'
import type { Person } from '../support/person.ts'

let brook: Brook
let root: Person
beforeAll(async () => {
  brook = await Brook.start()
  root = await brook.arrive('Root')
  await brook.makesAdmin(root)
})
afterAll(() => brook.stop())

interface Manifest {
  name: string
  lang: string
  icons: { src: string; sizes: string; purpose: string }[]
  shortcuts: { name: string; url: string }[]
  share_target: { action: string; method: string }
  protocol_handlers: { protocol: string; url: string }[]
}

async function manifest(language = 'en'): Promise<Manifest> {
  const answer = await fetch(`${root.address}/manifest.webmanifest`, {
    headers: { 'accept-language': language },
  })
  expect(answer.headers.get('content-type')).toContain('application/manifest+json')
  expect(answer.headers.get('vary')).toContain('accept-language')
  return (await answer.json()) as Manifest
}

async function drawn(src: string) {
  const answer = await fetch(root.address + src)
  expect([src, answer.status, answer.headers.get('content-type')]).toEqual([src, 200, 'image/png'])
  const bytes = Buffer.from(await answer.arrayBuffer())
  const { data, info } = await sharp(bytes).ensureAlpha().raw().toBuffer({ resolveWithObject: true })
  const at = (x: number, y: number): number[] => {
    const start = (y * info.width + x) * 4
    return [...data.subarray(start, start + 4)]
  }
  return { bytes, at, width: info.width, height: info.height, cached: answer.headers.get('cache-control') }
}

const changes = (body: object) => root.ask<Workspace>('PATCH', '/api/workspace', body)

test('nobody has named the workspace: it is Brook, with the mark of Brook', async () => {
  const { name, icons, shortcuts, share_target, protocol_handlers } = await manifest()
  expect(name).toBe('Brook')
  expect(icons.map(({ src }) => src)).toEqual(['/icon-192.png', '/icon-512.png', '/icon-maskable-512.png'])
  expect(shortcuts.map(({ url }) => url)).toEqual(['/new', '/inbox', '/search'])
  expect(share_target).toMatchObject({ action: '/share', method: 'POST' })
  expect(protocol_handlers).toEqual([{ protocol: 'web+brook', url: '/open?link=%s' }])
  const moved = await fetch(`${root.address}/api/workspace/icon?size=180`, { redirect: 'manual' })
  expect([moved.status, moved.headers.get('location')]).toEqual([302, '/apple-touch-icon.png'])
})

test('it has the name and the icon of the workspace, in the language of whoever installs it', async () => {
  await changes({ name: 'Northwind garden', icon: { text: '', hue: 150 } })
  const { name, lang, icons, shortcuts } = await manifest('zh-CN,en;q=0.5')
  expect([name, lang, shortcuts[0]?.name]).toEqual(['Northwind garden', 'zh-CN', '新消息'])
  const [small, , maskable] = await Promise.all(icons.map(({ src }) => drawn(src)))
  const green = [...rgbOf({ lightness: 0.53, chroma: 0.113, hue: 150 }), 255]
  expect([small?.width, small?.height, maskable?.width]).toEqual([192, 192, 512])
  expect(small?.at(0, 0)[3], 'round corners').toBe(0)
  expect(small?.at(96, 6)).toEqual(green)
  expect(maskable?.at(0, 0), 'all of the square').toEqual(green)
  expect(maskable?.cached).toContain('immutable')
})

test('an icon that changes has another address, and a picture stands in its place', async () => {
  const [before] = (await manifest()).icons
  const red = await sharp({ create: { width: 300, height: 300, channels: 3, background: '#c00' } })
    .png()
    .toBuffer()
  const put = await fetch(`${root.address}/api/workspace/picture`, {
    method: 'PUT',
    headers: { cookie: root.cookie, origin: root.address, 'content-type': 'image/png' },
    body: new Uint8Array(red),
  })
  expect(put.status).toBe(200)
  const [after] = (await manifest()).icons
  expect(after?.src).not.toBe(before?.src)
  const [r = 0, g = 255] = (await drawn(after?.src ?? '')).at(96, 96)
  expect([r > 190, g < 20]).toEqual([true, true])
  expect((await drawn(before?.src ?? '')).cached, 'the address of another one keeps nothing').toBe('no-cache')
})

test('what is shared while no worker is there leads to a page that says so', async () => {
  const form = new FormData()
  form.append('text', 'hello')
  form.append('files', new File(['a picnic'], 'plan.txt'))
  const answer = await fetch(`${root.address}/share`, { method: 'POST', body: form, redirect: 'manual' })
  expect([answer.status, answer.headers.get('location')]).toEqual([303, '/shared/none'])
})

test.each(['size=191', 'purpose=monochrome', 'size=192&extra=1', `v=${'x'.repeat(65)}`])(
  'no icon for %s',
  async (query) => {
    expect((await fetch(`${root.address}/api/workspace/icon?${query}`)).status).toBe(400)
  },
)
