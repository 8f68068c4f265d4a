// A colour of the web app's style sheets as the bytes of a picture.

/** `lightness`: 0 to 1. `hue`: degrees. */
export interface Oklch {
  lightness: number
  chroma: number
  hue: number
}

/** sRGB, 0 to 255; what is outside of it is cut. Source: CSS Color 4, 18 (sample code for OKLab). */
export function rgbOf({ lightness, chroma, hue }: Oklch): [number, number, number] {
  const angle = (hue * Math.PI) / 180
  const [a, b] = [chroma * Math.cos(angle), chroma * Math.sin(angle)]
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3
  return [
    byteOf(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    byteOf(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    byteOf(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ]
}

function byteOf(linear: number): number {
  const x = Math.min(1, Math.max(0, linear))
  return Math.round(255 * (x <= 0.0031308 ? 12.92 * x : 1.055 * x ** (1 / 2.4) - 0.055))
}
