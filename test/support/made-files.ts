// Files for tests, made by code: pictures, a PDF of some pages, a sound.
import sharp from 'sharp'

/** A photograph of sorts. */
export async function picture(width: number, height: number, hue: number): Promise<Buffer<ArrayBuffer>> {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 900 700" preserveAspectRatio="none"><rect width="900" height="280" fill="hsl(${hue},60%,82%)"/><rect y="280" width="900" height="420" fill="hsl(${hue + 90},38%,48%)"/><circle cx="300" cy="260" r="120" fill="hsl(${hue + 200},70%,60%)"/></svg>`
  return Buffer.from(await sharp(Buffer.from(svg)).resize(width, height, { fit: 'fill' }).jpeg().toBuffer())
}

/** An animation of three colours. */
export async function animation(size: number): Promise<Buffer<ArrayBuffer>> {
  const frame = (red: number) =>
    sharp({ create: { width: size, height: size, channels: 3, background: { r: red, g: 90, b: 140 } } })
      .png()
      .toBuffer()
  const frames = await Promise.all([40, 140, 240].map(frame))
  return Buffer.from(
    await sharp(frames, { join: { animated: true } })
      .gif({ delay: [200, 200, 200], loop: 0 })
      .toBuffer(),
  )
}

/** A PDF of A4 pages, each with one line. */
export function pdfOf(...lines: string[]): Buffer<ArrayBuffer> {
  const pages = lines.map((_, n) => 4 + 2 * n)
  const parts = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    `<< /Type /Pages /Kids [${pages.map((n) => `${n} 0 R`).join(' ')}] /Count ${lines.length} >>`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
    ...lines.flatMap((line, n) => {
      const stream = `BT /F1 28 Tf 60 760 Td (${line}) Tj ET`
      return [
        `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents ${5 + 2 * n} 0 R /Resources << /Font << /F1 3 0 R >> >> >>`,
        `<< /Length ${stream.length} >>\nstream\n${stream}\nendstream`,
      ]
    }),
  ]
  let text = '%PDF-1.4\n'
  const places = parts.map((part, n) => {
    const at = text.length
    text += `${n + 1} 0 obj\n${part}\nendobj\n`
    return `${String(at).padStart(10, '0')} 00000 n \n`
  })
  const at = text.length
  text += `xref\n0 ${parts.length + 1}\n0000000000 65535 f \n${places.join('')}`
  return Buffer.from(
    `${text}trailer << /Size ${parts.length + 1} /Root 1 0 R >>\nstartxref\n${at}\n%%EOF\n`,
    'latin1',
  )
}

/** A hum of so many seconds. */
export function wav(seconds: number): Buffer<ArrayBuffer> {
  const rate = 8_000
  const samples = Buffer.alloc(rate * seconds)
  for (let n = 0; n < samples.length; n += 1) samples[n] = 128 + Math.round(60 * Math.sin(n / 6))
  const head = Buffer.alloc(44)
  head.write('RIFF', 0)
  head.writeUInt32LE(36 + samples.length, 4)
  head.write('WAVEfmt ', 8)
  head.writeUInt32LE(16, 16)
  head.writeUInt16LE(1, 20)
  head.writeUInt16LE(1, 22)
  head.writeUInt32LE(rate, 24)
  head.writeUInt32LE(rate, 28)
  head.writeUInt16LE(1, 32)
  head.writeUInt16LE(8, 34)
  head.write('data', 36)
  head.writeUInt32LE(samples.length, 40)
  return Buffer.concat([head, samples])
}
