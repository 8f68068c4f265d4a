// A line of a frame becomes a request or a refusal, and never anything else.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { errors } from '../../server/protocol/errors.ts'
import { limits } from '../../server/protocol/limits.ts'
import { parseRequest, type Parsed } from '../../server/socket/parse.ts'

const cid = '0190a1b2-c3d4-7e5f-8a6b-0123456789ab'
const send = { type: 'send', room: '7', cid, text: 'hi' }
const parse = (command: unknown): Parsed => parseRequest(JSON.stringify(command))
const code = (parsed: Parsed): string => ('refusal' in parsed ? parsed.refusal.code : 'none')

describe('a request', () => {
  test.each([
    ['resume', { type: 'resume', rooms: { 7: 48_120, 9223372036854775807: 0 } }],
    ['resume from nowhere', { type: 'resume', rooms: {} }],
    ['resume from what a bot has acknowledged', { type: 'resume' }],
    ['send', send],
    ['send an answer', { ...send, replyTo: 48_100 }],
    ['typing', { type: 'typing', room: '7' }],
    ['typing in a thread', { type: 'typing', room: '7', thread: 5 }],
    ['a slash command', { type: 'command', room: '7', cid, name: 'roll', args: '2d6' }],
    ['a slash command in a thread', { type: 'command', room: '7', cid, name: 'roll', args: '', thread: 5 }],
    ['read', { type: 'read', room: '7', seq: 12 }],
    ['read nothing', { type: 'read', room: '7', seq: 0 }],
  ])('%s is understood as it was meant', (_what, command) => {
    expect(parse(command)).toStrictEqual({ request: command })
  })

  test('keeps every character of its text', () => {
    const text = '你好 👩‍👩‍👧 \u202eשלום e\u0301 "\\\n\t\u2028 </script>'
    expect(parse({ ...send, text })).toStrictEqual({ request: { ...send, text } })
  })

  test('may be indented, and its fields may be in any order', () => {
    const line = ` { "text" : "hi", "cid": "${cid}",\t"room": "7", "type":"send" } `
    expect(parseRequest(line)).toStrictEqual({ request: send })
  })
})

describe('what is not a request at all', () => {
  test.each([
    ['no JSON', 'hi'],
    ['half of it', '{"type":"send"'],
    ['two on one line', '{"type":"typing","room":"7"}{"type":"typing","room":"7"}'],
    ['a number', '7'],
    ['a text', '"send"'],
    ['null', 'null'],
    ['an array', '[{"type":"typing","room":"7"}]'],
    ['an empty line', ' '],
    ['brackets without end', '['.repeat(60_000)],
  ])('%s is a bad frame that names nothing', (_what, line) => {
    expect(parseRequest(line)).toEqual({ refusal: { code: 'bad_frame' }, named: {} })
  })

  test.each([
    ['an unknown word', { ...send, type: 'shout' }],
    ['a word that comes later', { type: 'seal', room: '7', cid, seq: 1 }],
    ['none', { room: '7', cid }],
    ['a number', { ...send, type: 7 }],
    ['an array of a known one', { ...send, type: ['send'] }],
    ['a word that every object has', { ...send, type: 'toString' }],
    ['a prototype', { ...send, type: '__proto__' }],
    ['a constructor', { ...send, type: 'constructor' }],
  ])('%s as its type is an unknown type, under the cid it named', (_what, command) => {
    expect(parse(command)).toMatchObject({ refusal: { code: 'unknown_type' }, named: { cid, room: '7' } })
  })
})

describe('the wrong form', () => {
  test.each([
    ['no room', { ...send, room: undefined }],
    ['a room that is a number', { ...send, room: 7 }],
    ['a room with a leading zero', { ...send, room: '07' }],
    ['a room with a line break after it', { ...send, room: '7\n' }],
    ['a room of 20 digits', { ...send, room: '1'.repeat(20) }],
    ['a negative room', { ...send, room: '-7' }],
    ['no text', { ...send, text: undefined }],
    ['a text that is an array', { ...send, text: ['hi'] }],
    ['a text that is null', { ...send, text: null }],
    ['more text than a frame has', { ...send, text: 'x'.repeat(limits.frameBytes + 1) }],
    ['an answer to text', { ...send, replyTo: '5' }],
    ['an answer to half a number', { ...send, replyTo: 1.5 }],
    ['an answer to less than nothing', { ...send, replyTo: -1 }],
    ['an answer to null', { ...send, replyTo: null }],
    ['a number beyond what JavaScript can count', { type: 'read', room: '7', seq: 2 ** 53 }],
    ['a seq that is text', { type: 'read', room: '7', seq: '1' }],
    ['no seq', { type: 'read', room: '7' }],
    ['a field nobody knows', { ...send, colour: 'red' }],
    ['a field of another command', { type: 'typing', room: '7', cid }],
    ['rooms in an array', { type: 'resume', rooms: [1, 2] }],
    ['rooms that are null', { type: 'resume', rooms: null }],
    ['a room that is no number', { type: 'resume', rooms: { lobby: 1 } }],
    ['a cursor that is text', { type: 'resume', rooms: { 7: '1' } }],
    ['a negative cursor', { type: 'resume', rooms: { 7: -1 } }],
    [
      'more rooms than anybody can be in',
      {
        type: 'resume',
        rooms: Object.fromEntries(Array.from({ length: limits.resumeRooms + 1 }, (_, i) => [i + 1, 0])),
      },
    ],
  ])('%s is a bad request', (_what, command) => {
    expect(code(parse(command))).toBe('bad_request')
  })

  test.each(['{"type":"read","room":"7","seq":1e999}', '{"type":"read","room":"7","seq":1e309}'])(
    'an endless number is a bad request: %s',
    (line) => {
      expect(code(parseRequest(line))).toBe('bad_request')
    },
  )

  test('says which field it was', () => {
    const parsed = parse({ ...send, replyTo: -1 })
    expect('refusal' in parsed && parsed.refusal.detail).toContain('/replyTo')
  })

  test.each([
    ['c0ffee', 'too short'],
    [cid.toUpperCase(), 'upper case'],
    ['0190a1b2-c3d4-4e5f-8a6b-0123456789ab', 'a UUIDv4'],
    ['0190a1b2-c3d4-7e5f-ca6b-0123456789ab', 'another variant'],
    [`${cid} `, 'a space after it'],
  ])('%s is a bad cid: %s', (wrong) => {
    expect(parse({ ...send, cid: wrong })).toMatchObject({
      refusal: { code: 'bad_cid' },
      named: { cid: wrong },
    })
  })

  test('is refused under what it named, unless that is not a name', () => {
    expect(parse({ ...send, text: 1 })).toMatchObject({ named: { cid, room: '7' } })
    const parsed = parse({ ...send, cid: 'x'.repeat(65), room: { id: 7 } })
    expect('named' in parsed && parsed.named).toStrictEqual({})
  })
})

describe('a prototype', () => {
  test('is an unknown field', () => {
    expect(code(parseRequest(`{"type":"typing","room":"7","__proto__":{"isAdmin":true}}`))).toBe(
      'bad_request',
    )
    expect(code(parseRequest(`{"type":"typing","room":"7","constructor":{"prototype":{}}}`))).toBe(
      'bad_request',
    )
  })

  test('lends a request nothing', () => {
    expect(code(parseRequest(`{"type":"typing","__proto__":{"room":"7"}}`))).toBe('bad_request')
    expect(code(parseRequest(`{"__proto__":{"type":"typing","room":"7"}}`))).toBe('unknown_type')
  })

  test('is not a room to come back to', () => {
    expect(code(parseRequest(`{"type":"resume","rooms":{"7":1,"__proto__":{"8":2}}}`))).toBe('bad_request')
    expect(code(parseRequest(`{"type":"resume","rooms":{"__proto__":1}}`))).toBe('bad_request')
  })
})

describe('whatever comes off the wire', () => {
  /** Understood in full, or refused with a code from the table. */
  const isAnswered = (line: string): void => {
    const parsed = parseRequest(line)
    if ('request' in parsed) expect(parseRequest(JSON.stringify(parsed.request))).toEqual(parsed)
    else expect(errors).toHaveProperty(parsed.refusal.code)
  }

  test('text is answered', () => {
    const text = fc.array(fc.nat({ max: 0xffff })).map((units) => String.fromCharCode(...units))
    fc.assert(fc.property(fc.oneof(text, fc.string()), isAnswered))
  })

  test('JSON is answered', () => {
    fc.assert(fc.property(fc.json(), isAnswered))
  })

  test('what looks almost like a request is answered', () => {
    const anything = fc.jsonValue()
    const field = (...good: unknown[]) => fc.oneof(fc.constantFrom(...good), anything)
    const almost = fc.record(
      {
        type: fc.oneof(fc.constantFrom('resume', 'send', 'typing', 'read'), anything),
        room: field('7', '07', 7),
        cid: field(cid, 'c0ffee'),
        text: field('hi', ''),
        replyTo: field(1, -1, 1.5),
        seq: field(0, 2 ** 53),
        rooms: fc.oneof(fc.dictionary(fc.constantFrom('7', '8', 'x', '__proto__'), field(1, -1)), anything),
        __proto__: anything,
      },
      { requiredKeys: ['type'] },
    )
    fc.assert(
      fc.property(almost, (command) => isAnswered(JSON.stringify(command))),
      { numRuns: 500 },
    )
  })
})
