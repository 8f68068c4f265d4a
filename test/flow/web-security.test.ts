// What every answer says to browsers, and what the server refuses before any route: by docs/SECURITY.md.
import { connect } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { OpenedAnswer } from '../../server/protocol/hooks.ts'
import { Brook } from '../support/brook.ts'
import { Client } from '../support/client.ts'
import type { Person } from '../support/person.ts'

let brook: Brook
let ann: Person
let paths: string[]
beforeAll(async () => {
  brook = await Brook.start()
  ann = await brook.enter('Ann')
  const { id } = await ann.makes('garden')
  const { body } = await ann.ask<OpenedAnswer>('POST', `/api/rooms/${id}/hooks/incoming`, { name: 'CI' })
  paths = [
    '/healthz',
    '/readyz',
    '/metrics',
    '/api/workspace',
    '/api/rooms',
    `/api/rooms/${id}/export?format=html`,
    `/api/rooms/${id}/export?format=jsonl`,
    '/api/docs/static/index.html',
    '/api/docs/json',
    '/api/docs/yaml',
    body.path,
    '/api/nowhere',
    '/api/rooms/999/messages',
    '/assets/',
    '/.git/config',
    '/%2e%2e/package.json',
  ]
})
afterAll(() => brook.stop())

const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(ann.address + path, { headers: { cookie: ann.cookie, ...headers } })

test('every answer says what it is, and that it is nothing else, in no frame, and whom it refers to', async () => {
  for (const path of paths) {
    const { headers, status } = await get(path)
    const type = headers.get('content-type') ?? ''
    expect([path, type]).toEqual([
      path,
      expect.stringMatching(/^(?:[a-z]+\/[\w.+-]+;.*charset=utf-8|application\/x-yaml)/i),
    ])
    expect([path, headers.get('x-content-type-options')]).toEqual([path, 'nosniff'])
    expect([path, headers.get('referrer-policy')]).toEqual([path, 'no-referrer'])
    expect([path, headers.get('permissions-policy')]).toEqual([
      path,
      expect.stringMatching(/^microphone=\(self\), camera=\(\),/),
    ])
    const policy = headers.get('content-security-policy') ?? ''
    expect([path, policy]).toEqual([path, expect.not.stringContaining('unsafe-eval')])
    for (const rule of [
      "default-src 'self'",
      "object-src 'none'",
      "base-uri 'none'",
      "frame-ancestors 'none'",
    ])
      expect([path, status, policy]).toEqual([path, status, expect.stringContaining(rule)])
  }
})

test('over TLS browsers are told to stay there for a year, by every answer; over plain HTTP they are not', async () => {
  for (const path of paths) {
    const told = await get(path, { 'x-forwarded-proto': 'https' })
    expect([path, told.headers.get('strict-transport-security')]).toEqual([path, 'max-age=31536000'])
    expect((await get(path)).headers.get('strict-transport-security')).toBeNull()
  }
})

test('no other site reads an answer, and nothing of the project’s files is one', async () => {
  for (const path of paths) {
    const { headers } = await get(path, { origin: 'https://evil.example' })
    expect([path, headers.get('access-control-allow-origin')]).toEqual([path, null])
  }
  // What is no file is a page of the app, if anything.
  for (const path of ['/assets/', '/.git/config', '/%2e%2e/package.json', '/..%2fpackage.json'])
    expect([path, await (await get(path)).text()]).toEqual([
      path,
      expect.stringMatching(/^<!doctype|not_found/i),
    ])
})

/** The first line of the answer to these bytes. */
async function answerTo(bytes: string): Promise<string> {
  const { hostname, port } = new URL(ann.address)
  const socket = connect(Number(port), hostname)
  socket.end(bytes)
  let text = ''
  for await (const piece of socket) text += String(piece)
  return text.split('\r\n')[0] ?? ''
}

test('a request that traces, or whose end can be read in two ways, is refused', async () => {
  const { host } = new URL(ann.address)
  expect(await answerTo(`TRACE / HTTP/1.1\r\nHost: ${host}\r\n\r\n`)).toMatch(/ 40[045] /)
  const post = `POST /api/guests HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\n`
  const both = `${post}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`
  expect(await answerTo(both)).toContain(' 400 ')
  expect(await answerTo(`${post}Content-Length: 4\r\nContent-Length: 5\r\n\r\nnull`)).toContain(' 400 ')
})

test('whoever signs in anew has another session, and the one that the browser had is over', async () => {
  const client = new Client(ann.address, 'Ida')
  const password = 'nine tall green trees'
  expect((await client.ask('POST', '/api/users', { name: 'Ida', password })).status).toBe(201)
  const before = new Client(ann.address, 'Ida')
  before.cookie = client.cookie
  expect((await client.ask('POST', '/api/session', { name: 'Ida', password })).status).toBe(200)
  expect(client.cookie).not.toBe(before.cookie)
  expect((await before.ask('GET', '/api/rooms')).status).toBe(401)
  expect((await client.ask('GET', '/api/rooms')).status).toBe(200)
})
