// Splits a text to fit into messages. Pure.

/** Parts of at most `maxBytes` in UTF-8, cut at line ends, otherwise at spaces, otherwise between characters. */
export function splitText(text: string, maxBytes: number): string[] {
  const parts: string[] = []
  let rest = text
  while (Buffer.byteLength(rest) > maxBytes) {
    const head = headOf(rest, maxBytes)
    const end = Math.max(head.lastIndexOf('\n'), 0) || Math.max(head.lastIndexOf(' '), 0) || head.length
    parts.push(rest.slice(0, end))
    rest = rest.slice(end).trimStart()
  }
  if (rest.trim() !== '' || parts.length === 0) parts.push(rest)
  return parts.filter((part, place) => place === 0 || part.trim() !== '')
}

/** The longest prefix of at most `maxBytes` that cuts no character. */
function headOf(text: string, maxBytes: number): string {
  const bytes = Buffer.from(text).subarray(0, maxBytes + 1)
  let end = maxBytes
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1
  return bytes.subarray(0, end).toString()
}

/** Replaces what MySQL and JSON cannot store, NUL and lone surrogates, with U+FFFD. */
export const tameText = (text: string): string => text.replace(/[\0\p{Cs}]/gu, '\ufffd')
