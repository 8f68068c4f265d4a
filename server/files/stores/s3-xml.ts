// What is read of S3's answers: flat elements whose texts are keys, numbers and words. Pure.

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }
const plain = (text: string): string =>
  text.replace(/&(amp|lt|gt|quot|apos);/g, (_, name: string) => entities[name] ?? '')

/** The first element of this name; undefined: there is none. */
export function textOf(xml: string, name: string): string | undefined {
  const [, text] = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml) ?? []
  return text === undefined ? undefined : plain(text)
}

/** The inside of each element of this name, one after the other. */
export function* partsOf(xml: string, name: string): Generator<string> {
  for (const [, inside = ''] of xml.matchAll(new RegExp(`<${name}>([^]*?)</${name}>`, 'g'))) yield inside
}
