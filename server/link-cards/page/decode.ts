// Bytes of a page as text: in the encoding that its head names, or its mark at the beginning, or else UTF-8. Pure.

/** How far into a page its encoding is looked for, as browsers do. */
const within = 4_096
const inType = /charset\s*=\s*["']?\s*([\w:-]{1,40})/i
const inMeta = /<meta\b[^>]{0,200}?charset\s*=\s*["']?\s*([\w:-]{1,40})/i

/** `type`: the Content-Type of the answer. */
export function decodePage(bytes: Buffer, type: string): string {
  const start = bytes.subarray(0, within).toString('latin1')
  const named = markOf(bytes) ?? inType.exec(type)?.[1] ?? metaOf(start) ?? 'utf-8'
  return decoderOf(named).decode(bytes)
}

function markOf(bytes: Buffer): string | undefined {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'utf-8'
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be'
  return bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : undefined
}

/** A page that can name its encoding in ASCII is not in UTF-16. */
function metaOf(start: string): string | undefined {
  const named = inMeta.exec(start)?.[1]
  return named !== undefined && /^utf-?16/i.test(named) ? 'utf-8' : named
}

function decoderOf(name: string): InstanceType<typeof TextDecoder> {
  try {
    return new TextDecoder(name)
  } catch {
    return new TextDecoder('utf-8')
  }
}
