// For which name and which pages a passkey is good.
import { expect, test } from 'vitest'
import { relyingPartyOf } from '../../server/identity/relying-party.ts'

const none = { publicUrl: undefined }
const atChat = { publicUrl: new URL('https://chat.example') }

test('a passkey belongs to the name in the address, and is good over TLS there', () => {
  expect(relyingPartyOf('chat.example', atChat)).toEqual({
    id: 'chat.example',
    origins: ['https://chat.example'],
  })
  expect(relyingPartyOf('Chat.Example:8443', none)).toEqual({
    id: 'chat.example',
    origins: ['https://chat.example:8443'],
  })
})

test('a proxy may pass the name on with another port than the browser has asked', () => {
  expect(relyingPartyOf('chat.example:3000', atChat)?.origins).toEqual([
    'https://chat.example:3000',
    'https://chat.example',
  ])
  expect(relyingPartyOf('other.example', atChat)?.origins).toEqual(['https://other.example'])
})

test('without TLS it is good on this machine alone', () => {
  expect(relyingPartyOf('localhost:3000', none)?.origins).toEqual([
    'https://localhost:3000',
    'http://localhost:3000',
  ])
  const plain = { publicUrl: new URL('http://chat.example') }
  expect(relyingPartyOf('chat.example', plain)?.origins).toEqual(['https://chat.example'])
})

test('an IP address has none, and neither has what is no name', () => {
  for (const host of ['127.0.0.1:3000', '203.0.113.7', '[::1]:3000', '[2001:db8::1]', '', 'a b'])
    expect(relyingPartyOf(host, none), host).toBeUndefined()
})
