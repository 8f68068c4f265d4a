// A text as messages can hold it. Pure.

/** Parts of at most `mostBytes` in UTF-8, cut at line ends, else at spaces, else between characters. */
export function splitText(text: string, mostBytes: number): string[] {
  const parts: string[] = []
  let rest = text
  while (Buffer.byteLength(rest) > mostBytes) {
    const head = headOf(rest, mostBytes)
    const end = Math.max(head.lastIndexOf('\n'), 0) || Math.max(head.lastIndexOf(' '), 0) || head.length
    parts.push(rest.slice(0, end))
    rest = rest.slice(end).trimStart()
  }
  if (rest.trim() !== '' || parts.length === 0) parts.push(rest)
  return parts.filter((part, place) => place === 0 || part.trim() !== '')
}

/** The longest beginning of at most `mostBytes` that cuts no character. */
function headOf(text: string, mostBytes: number): string {
  const bytes = Buffer.from(text).subarray(0, mostBytes + 1)
  let end = mostBytes
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1
  return bytes.subarray(0, end).toString()
}

/** What MySQL and JSON cannot keep as it is, NUL and lone surrogates, becomes U+FFFD. */
export const tameText = (text: string): string => text.replace(/[\0\p{Cs}]/gu, '\ufffd')
