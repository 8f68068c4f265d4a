// A letter: what it says, as plain text and as HTML. No images, no styles from elsewhere, nothing that tells who has read it.

/** `url` with the words of its button; or what somebody has said in a room. */
export type Block = string | { url: string; label: string } | { by: string; at: string; text: string }

export interface Letter {
  to: string
  subject: string
  blocks: readonly Block[]
  /** Smaller, at the end. */
  small: readonly Block[]
  headers?: Record<string, string>
  /** The Message-ID that it follows. */
  follows?: string
}

export const textOf = ({ blocks, small }: Letter): string =>
  `${blocks.map(plain).join('\n\n')}\n\n-- \n${small.map(plain).join('\n')}\n`

function plain(block: Block): string {
  if (typeof block === 'string') return block
  if ('url' in block) return `${block.label}:\n${block.url}`
  return `${block.by} (${block.at})${block.text === '' ? '' : `\n${block.text.replaceAll(/^/gm, '> ')}`}`
}

const base = "font-family:system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans',sans-serif"

export const htmlOf = ({ blocks, small, subject }: Letter, language: string): string =>
  `<!doctype html><html lang="${language === 'zh' ? 'zh-CN' : 'en'}"><head><meta charset="utf-8">` +
  `<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">` +
  `<title>${escaped(subject)}</title></head><body style="margin:0;padding:24px 16px;${base};font-size:16px;line-height:1.5">` +
  `<div style="max-width:560px;margin:0 auto">${blocks.map((block) => rich(block)).join('')}` +
  `<div style="margin-top:32px;padding-top:12px;border-top:1px solid #8886;font-size:13px;opacity:.75">` +
  `${small.map((block) => rich(block, true)).join('')}</div></div></body></html>`

function rich(block: Block, isSmall = false): string {
  if (typeof block === 'string') return `<p style="margin:0 0 ${isSmall ? 4 : 16}px">${lines(block)}</p>`
  if ('url' in block) {
    const look = isSmall
      ? 'color:inherit'
      : 'display:inline-block;padding:10px 18px;border-radius:10px;background:#1f6f5c;color:#fff;text-decoration:none;font-weight:600'
    const margin = isSmall ? 4 : 16
    return `<p style="margin:0 0 ${margin}px"><a href="${escaped(block.url)}" style="${look}">${escaped(block.label)}</a></p>`
  }
  const said = block.text === '' ? '' : `<br>${lines(block.text)}`
  return (
    `<p dir="auto" style="margin:0 0 12px;padding-left:12px;border-left:3px solid #8886"><b>${escaped(block.by)}</b> ` +
    `<span style="opacity:.7">${escaped(block.at)}</span>${said}</p>`
  )
}

const lines = (text: string): string => escaped(text).replaceAll('\n', '<br>')

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (one) => entities[one] ?? one)

/** On one line, whatever it was: for a header. */
export const oneLine = (text: string): string => text.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim()
