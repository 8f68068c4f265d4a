// What a password may be, and that hashing many at once stays bounded.
import { describe, expect, test } from 'vitest'
import { Passwords } from '../../server/account/passwords.ts'

describe('a password', () => {
  test('is kept as argon2id with the parameters that OWASP names', async () => {
    const kept = await new Passwords().hash('correct horse')
    expect(kept).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  })

  test('has 8 to 256 characters as people count them', async () => {
    const passwords = new Passwords()
    expect(await passwords.hash('1234567')).toEqual({ code: 'bad_password' })
    expect(await passwords.hash('🐎🐎🐎🐎')).toEqual({ code: 'bad_password' })
    expect(await passwords.hash('x'.repeat(257))).toEqual({ code: 'bad_password' })
    expect(await passwords.hash('🐎'.repeat(256))).toMatch(/^\$argon2id/)
    expect(await passwords.hash('        ')).toMatch(/^\$argon2id/)
  })

  test('matches itself and nothing else; without one kept nothing matches', async () => {
    const passwords = new Passwords()
    const kept = String(await passwords.hash('correct horse'))
    expect(await passwords.matches(kept, 'correct horse')).toBe(true)
    expect(await passwords.matches(kept, 'Correct horse')).toBe(false)
    expect(await passwords.matches(kept, '')).toBe(false)
    expect(await passwords.matches(null, 'correct horse')).toBe(false)
  })

  test('that comes while too many wait is refused and may come again', async () => {
    const passwords = new Passwords()
    const kept = String(await passwords.hash('correct horse'))
    const answers = await Promise.all(
      Array.from({ length: 110 }, () => passwords.matches(kept, 'correct horse')),
    )
    expect(answers.filter((answer) => answer === true)).toHaveLength(102)
    expect(answers.filter((answer) => typeof answer === 'object')).toHaveLength(8)
    expect(answers.at(-1)).toMatchObject({ code: 'overloaded' })
    expect(await passwords.matches(kept, 'correct horse')).toBe(true)
  })
})
