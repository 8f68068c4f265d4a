// The rules of passwords, and that hashing many at once stays bounded.
import { describe, expect, test } from 'vitest'
import { Passwords } from '../../server/account/passwords.ts'

describe('a password', () => {
  test('is stored as argon2id with the parameters that OWASP names', async () => {
    const kept = await new Passwords().hash('correct horse', 'anna')
    expect(kept).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  })

  test('has 8 to 256 characters as people count them', async () => {
    const passwords = new Passwords()
    expect(await passwords.hash('1234567', 'anna')).toEqual({ code: 'bad_password' })
    expect(await passwords.hash('🐎🐎🐎🐎', 'anna')).toEqual({ code: 'bad_password' })
    expect(await passwords.hash('x'.repeat(257), 'anna')).toEqual({ code: 'bad_password' })
    expect(await passwords.hash(`correct${'🐎'.repeat(249)}`, 'anna')).toMatch(/^\$argon2id/)
  })

  test.each([
    ...[
      'password',
      'Password1',
      'P@ssw0rd!',
      'passw0rd2026',
      'iloveyou',
      '1loveyou',
      'welcome 1',
      'passwordpassword',
    ],
    ...[
      '12345678',
      '87654321',
      '90123456',
      'qwertyui',
      'abcdefgh',
      '1qaz2wsx',
      'asdf1234',
      '1q2w3e4r!',
      'a1b2c3d4',
    ],
    ...[
      '        ',
      '11111111',
      'abcabcabc',
      '1234554321',
      'aabbccdd',
      '!@#$%^&*',
      '19870623',
      'ｐａｓｓｗｏｒｄ',
    ],
    ...['5201314520', 'woaini1314', '我爱你12345', 'пароль123', 'йцукен123', 'contraseña'],
    ...['Anna Lee', 'anna-lee', 'annalee1', 'annaleeannalee'],
    // From breaches, and what is made of them.
    ...['trustno1', 'letmein1', 'qazwsxedc', 'zaq12wsx', 'Admin123!', 'linkedin1', 'adobe123'],
    ...['football1', 'superman1', 'azerty123', 'minecraft1', 'thx11380', 'access14'],
    // Words as rules for passwords want them.
    ...[
      'Summer2024!',
      'Winter2026',
      'October2025#',
      '!Monday123',
      'Herbst2024!',
      '2024Autumn!',
      'Dragon2024!',
    ],
  ])('that is guessed first is refused: %s', async (password) => {
    expect(await new Passwords().hash(password, 'Anna Lee')).toEqual({ code: 'common_password' })
  })

  test.each([
    ['john1985', 'john1985'],
    ['john1985!', 'john1985'],
    ['wang123456', 'wang123'],
    ['ann1990138339', 'ann1990138339'],
    ['王小明12345', '王小明'],
    // Of a name of several words, each.
    ['Wintermute7!', 'Anna Wintermute'],
  ])('that is built on its own name is refused: %s', async (password, name) => {
    expect(await new Passwords().hash(password, name)).toEqual({ code: 'common_password' })
  })

  test.each([
    ...[
      'correct horse',
      'passwords are hard',
      'annalee and bob',
      'xq7-brook-lake',
      '19870623 rain',
      '48392716',
    ],
    ...['83!#92@61$a', '4729#1638!love', 'q-7294-1836-5502', 'test 8302 9571 6402 7713', '💀🔑a🌵🧊🛸🎷🪁'],
    ...['我喜欢下雨天的早晨', '29 31 57 11 !! 80 an', 'Summer-boat-2024!', 'Quokkaburrow2024!'],
  ])('that is not is taken, whatever the name: %s', async (password) => {
    for (const name of ['Anna Lee', 'an', '...', '王'])
      expect(await new Passwords().hash(password, name)).toMatch(/^\$argon2id/)
  })

  test('matches itself and nothing else; without a stored hash nothing matches', async () => {
    const passwords = new Passwords()
    const kept = String(await passwords.hash('correct horse', 'anna'))
    expect(await passwords.matches(kept, 'correct horse')).toBe(true)
    expect(await passwords.matches(kept, 'Correct horse')).toBe(false)
    expect(await passwords.matches(kept, '')).toBe(false)
    expect(await passwords.matches(null, 'correct horse')).toBe(false)
  })

  test('that comes while too many wait is refused and may be retried', async () => {
    const passwords = new Passwords()
    const kept = String(await passwords.hash('correct horse', 'anna'))
    const answers = await Promise.all(
      Array.from({ length: 110 }, () => passwords.matches(kept, 'correct horse')),
    )
    expect(answers.filter((answer) => answer === true)).toHaveLength(102)
    expect(answers.filter((answer) => typeof answer === 'object')).toHaveLength(8)
    expect(answers.at(-1)).toMatchObject({ code: 'overloaded' })
    expect(await passwords.matches(kept, 'correct horse')).toBe(true)
  })
})
