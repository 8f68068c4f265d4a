// Draws an emoji by its key: one of the workspace's own as its image, as high as the text around it; any other as its character.
import { h, type VNode } from 'vue'
import { customEmoji, imagesOf } from './known.ts'

interface Drawing {
  /** What is heard of it; missing: its name. */
  alt?: string | undefined
  /** Among others beside it. */
  key?: number | string
}

/** Undefined: there is none of this name. With reduced motion the browser takes the one that does not move. */
export function drawCustom(emoji: string, { alt = emoji, key = emoji }: Drawing = {}): VNode | undefined {
  const one = customEmoji(emoji)
  if (one === undefined) return undefined
  const { moving, still } = imagesOf(one)
  const image = h('img', {
    src: moving,
    alt,
    title: `:${one.name}:`,
    draggable: false,
    decoding: 'async',
    class: 'inline-block size-[1.375em] object-contain align-[-0.3em]',
  })
  const keyed = key === undefined ? {} : { key }
  // Trap: it has a box, which a grid would give a row.
  const calm = { media: '(prefers-reduced-motion: reduce)', srcset: still, class: 'hidden' }
  return one.animated === true
    ? h('picture', { class: 'contents', ...keyed }, [h('source', calm), image])
    : h('span', { class: 'contents', ...keyed }, [image])
}
