// Whether a password is among those that are guessed first (OWASP ASVS 5, V6.2).
import type { ZxcvbnFactory } from '@zxcvbn-ts/core'

/**
 * Fewer guesses than this are too few. Somebody who may try `rates.signInAccount` needs years for a million, so what is more is
 * safe for as long as the hashes stay here.
 */
const minGuesses = 1_000_000

/** The rest of a password makes it no easier to guess, and long ones take tens of milliseconds. */
const readChars = 64

/**
 * What the dictionary of 49,000 passwords from breaches lacks or ranks too low: what people make of seasons and of the sites that
 * were breached, Chinese, Russian and Spanish ones, and what this product suggests.
 */
const more = [
  ...['summer', 'winter', 'spring', 'autumn', 'fall', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday'],
  ...['saturday', 'sunday', 'january', 'february', 'march', 'april', 'june', 'july', 'august', 'september'],
  ...['october', 'november', 'december', 'sommer', 'verano', 'invierno', 'printemps', 'automne', 'herbst'],
  ...['root', 'admin', 'correcthorsebatterystaple'],
  ...['linkedin', 'adobe', 'fortnite', 'roblox', 'discord', 'tokyo', 'voldemort', 'gryffindor', 'aini'],
  ...['woaini', 'woaini1314', '5201314520', '1314520', 'mima', 'mima1234', '我爱你', '密码', '你好'],
  ...['пароль', 'йцукен', 'привет', 'contraseña', 'dearbook', 'brook', 'chatroom'],
]

/** Made at the first password, because its dictionaries are a megabyte. */
let judge: Promise<ZxcvbnFactory> | undefined

async function makeJudge(): Promise<ZxcvbnFactory> {
  const [core, common] = await Promise.all([import('@zxcvbn-ts/core'), import('@zxcvbn-ts/language-common')])
  const dictionary = { ...common.dictionary, more }
  return new core.ZxcvbnFactory({ dictionary, graphs: common.adjacencyGraphs, maxLength: readChars })
}

/** `password`: in NFKC. `names`: of the person whose password it would be, and of the workspace. */
export async function isGuessable(password: string, names: readonly string[]): Promise<boolean> {
  judge ??= makeJudge()
  const known = await judge
  const own = names
    .flatMap((name) => [name, withoutSeparators(name), ...wordsOf(name)])
    .filter((name) => name !== '')
  const isWeak = (typed: string): boolean => known.check(typed, own).guesses < minGuesses
  const word = dressed.exec(password)?.[1]
  return (
    [password, withoutSeparators(password)].some(isWeak) ||
    (word !== undefined && known.check(word.toLowerCase(), own).guesses < listedGuesses)
  )
}

/**
 * A word with what rules for passwords make of it, a year or a small number and a sign or two, on either side: `Summer2024!`. Such
 * are tried for each word of a list long before they are guessed character by character.
 */
const affix = '[^\\p{L}\\p{N}]{0,2}(?:(?:19|20)\\d\\d|123\\d{0,3}|\\d{1,3})?[^\\p{L}\\p{N}]{0,2}'
const dressed = new RegExp(`^${affix}(\\p{L}{3,})${affix}$`, 'u')
/** A word of the first ten thousand, in whatever case: with some hundred numbers and a few signs still too few. */
const listedGuesses = 10_000

/** Of several: each is as easy to guess. Shorter ones are parts of many other words. */
const wordsOf = (name: string): string[] => {
  const words = name.split(/[\s._-]+/)
  return words.length > 1 ? words.filter((word) => [...word].length >= 4) : []
}

const withoutSeparators = (text: string): string => text.replaceAll(/[\s._-]/g, '')
