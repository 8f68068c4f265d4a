// @vitest-environment happy-dom
// The beginning of a folded message is drawn as in the whole message.
import { mount } from '@vue/test-utils'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import MessageText from '../../../web/conversation/message/MessageText.vue'
import { beginningOf } from '../../../web/text/beginning.ts'
import { blocksOf } from '../../../web/text/blocks.ts'
import type { Block, Inline } from '../../../server/text/block.ts'
import { hostile } from '../../support/hostile-texts.ts'

const inline = (parts: readonly Inline[]): string =>
  parts.map((part) => ('in' in part ? inline(part.in) : part.text)).join('')
/** All letters, in their order. */
const lettersOf = (blocks: readonly Block[]): string =>
  blocks
    .map((block) => {
      if (block.is === 'quote') return lettersOf(block.blocks)
      if (block.is === 'list') return block.items.map((item) => lettersOf(item.blocks)).join('')
      if (block.is === 'table') return block.rows.flat().map(inline).join('')
      if (block.is === 'rule') return ''
      return 'in' in block ? inline(block.in) : block.text
    })
    .join('')

const [lines, perLine] = [5, 20]
const begun = (text: string) => beginningOf(blocksOf(text), lines, perLine)

test('a text that is short enough stays the tree it is', () => {
  for (const text of ['hello', '- a\n- b', 'a\nb\nc']) expect(begun(text)).toBe(blocksOf(text))
})

const piece = fc.constantFrom(
  'word ',
  '**b** ',
  '||hid|| ',
  '\n',
  '\n\n',
  '- ',
  '> ',
  '| a | b |\n|-|-|\n',
  '```\n',
  '😀',
  '长',
)
test('it is the beginning of the whole, and no longer than requested', () => {
  const check = (text: string) => {
    const [some, all] = [lettersOf(begun(text)), lettersOf(blocksOf(text))]
    expect(all.startsWith(some)).toBe(true)
    // A surrogate pair is not split.
    expect(some.length).toBeLessThanOrEqual(lines * perLine + 1)
    expect(some.split('\n').length).toBeLessThanOrEqual(lines + 1)
  }
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 80 }).map((all) => all.join('')),
      check,
    ),
  )
  hostile.forEach(check)
})

test('as much is taken as was requested', () => {
  expect(lettersOf(begun('x'.repeat(500)))).toBe('x'.repeat(100))
  expect(lettersOf(begun('a\n'.repeat(50)))).toBe('a\n'.repeat(4))
  expect(begun('- a\n'.repeat(50))).toMatchObject([{ is: 'list', items: { length: 4 } }])
})

test('what is cut keeps its marks: a spoiler stays hidden', () => {
  const [block] = begun(`||${'secret '.repeat(40)}end||`)
  expect(block).toMatchObject({ is: 'words', in: [{ is: 'spoiler', in: [{ is: 'text' }] }] })
  expect(begun(`\`\`\`ts\n${'a\n'.repeat(40)}\`\`\``)).toEqual([
    { is: 'code', info: 'ts', text: 'a\n'.repeat(4) },
  ])
})

test('a folded message is drawn to its fold, without what follows its last word', async () => {
  const text = 'one more line\n'.repeat(300)
  const drawn = mount(MessageText, { props: { text, folded: true }, slots: { default: 'END' } })
  expect(drawn.text().split('\n').length).toBeLessThanOrEqual(27)
  expect(drawn.text()).not.toContain('END')
  await drawn.setProps({ folded: false })
  expect(drawn.text().split('one more line')).toHaveLength(301)
  expect(drawn.text()).toContain('END')
})
