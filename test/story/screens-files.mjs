// Answers for the server in the gallery: pictures, a PDF and a text, so that messages with files show what they have.
import sharp from 'sharp'

const pdf = (() => {
  const stream =
    'BT /F1 28 Tf 60 760 Td (Irrigation plan, spring 2026) Tj /F1 13 Tf 0 -40 Td (North bed: Monday and Thursday) Tj ET'
  const parts = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R 3 0 R] /Count 2 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${stream.length} >>\nstream\n${stream}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  ]
  let text = '%PDF-1.4\n'
  const places = parts.map((part, n) => {
    const at = text.length
    text += `${n + 1} 0 obj\n${part}\nendobj\n`
    return `${String(at).padStart(10, '0')} 00000 n \n`
  })
  const at = text.length
  return `${text}xref\n0 6\n0000000000 65535 f \n${places.join('')}trailer << /Size 6 /Root 1 0 R >>\nstartxref\n${at}\n%%EOF`
})()

const text = Array.from(
  { length: 60 },
  (_, n) =>
    `export const lag${n} = (rows: number): string => \`\${rows * ${n}} ms\` // measured on shard ${n % 4}`,
).join('\n')

async function picture(id, width) {
  const n = Number(id)
  const hue = (n * 47) % 360
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 900 700" preserveAspectRatio="none"><rect width="900" height="280" fill="hsl(${hue},60%,82%)"/><rect y="280" width="900" height="420" fill="hsl(${hue + 90},38%,48%)"/><circle cx="${200 + (n % 5) * 110}" cy="260" r="120" fill="hsl(${hue + 200},70%,60%)"/></svg>`
  return sharp(Buffer.from(svg)).resize(Math.min(width, 1280)).webp().toBuffer()
}

export async function answerForFiles(page) {
  await page.route('**/api/files/**', async (route) => {
    const url = new URL(route.request().url())
    const [, id, what] = /files\/(\d+)\/(\w+)/.exec(url.pathname) ?? []
    const isText = id === '7001'
    if (id === '404') return route.fulfill({ status: 404, body: '' })
    if (what === 'preview')
      return route.fulfill({
        contentType: 'image/webp',
        body: await picture(id, Number(url.searchParams.get('width'))),
      })
    const body = route.request().headers()['range'] && !isText ? pdf : isText ? text : pdf
    return route.fulfill({
      contentType: isText ? 'text/plain' : 'application/pdf',
      headers: { 'content-length': String(body.length) },
      body,
    })
  })
}
