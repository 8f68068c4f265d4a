// Texts that have broken chats before: emoji, right-to-left marks, combining marks, long lines, and texts that must be
// refused (FAULTS 29).
import type { Chance } from './chance.ts'

export const ordinaryTexts = [
  'hello',
  'How is everybody?',
  '你好，大家好',
  '👩‍👩‍👧‍👦 👋🏽 🏳️‍🌈',
  'שלום עולם \u200fabc',
  'مرحبا بالعالم',
  'Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳͂̌̌͘!͖̬̰̙̗̿̋ͥͥ̂ͣ̐́́͜͞',
  'Robert\'); DROP TABLE messages;-- \\ % _ " `',
  'tabs\tand\nlines\r\nand \u2028 separators',
  '{"type":"send"}',
  '\u{10ffff}\u{1f600}',
]

/** A random text; one in two hundred is long, one in four hundred must be refused. */
export function texts(chance: Chance): readonly string[] {
  const rolled = chance()
  if (rolled < 0.0025) return ['a NUL \0 in it', 'a lone \ud800 surrogate', '长'.repeat(5_500)]
  if (rolled < 0.0075) return ['x'.repeat(15_000), '长'.repeat(5_000)]
  return ordinaryTexts
}
