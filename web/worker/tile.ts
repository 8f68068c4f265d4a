// The picture of a room beside a notification: its letter on its colour. Drawn in the service worker, so it imports nothing else of the app.
const hues = [25, 258, 150, 318, 55, 220, 350, 178, 288] as const
const size = 192

function hueOf(id: string): number {
  let sum = 0
  for (const char of id) sum = (sum * 31 + (char.codePointAt(0) ?? 0)) % 65_521
  return hues[sum % hues.length] ?? 220
}

/** A data: URL; undefined: this browser cannot draw here. */
export async function tileOf(room: string, name: string): Promise<string | undefined> {
  try {
    const canvas = new OffscreenCanvas(size, size)
    const context = canvas.getContext('2d')
    if (context === null) return undefined
    context.fillStyle = `oklch(0.55 0.13 ${hueOf(room)})`
    context.beginPath()
    context.roundRect(0, 0, size, size, size / 4)
    context.fill()
    context.fillStyle = '#fff'
    context.font = `600 ${size * 0.55}px system-ui, sans-serif`
    context.textAlign = 'center'
    context.textBaseline = 'middle'
    const [first = '#'] = Array.from(name.trim())
    context.fillText(first.toLocaleUpperCase(), size / 2, size * 0.54)
    return await urlOf(await canvas.convertToBlob())
  } catch {
    return undefined
  }
}

const urlOf = (blob: Blob): Promise<string> =>
  new Promise((resolve, reject) => {
    const reader = new FileReader()
    reader.onload = () => resolve(String(reader.result))
    reader.onerror = () => reject(new Error('the picture cannot be read'))
    reader.readAsDataURL(blob)
  })
