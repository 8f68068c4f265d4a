// Which square of a photo becomes a face. Pure: all in pixels of the photo.
export interface Photo {
  width: number
  height: number
}
/** The middle of the square, and how far it is zoomed in: 1 is the largest square. */
export interface Crop {
  x: number
  y: number
  zoom: number
}

export const maxZoom = 5
/** Of one press of an arrow key, of the square's side; and of plus or minus. */
export const step = 0.04
export const zoomStep = 1.15

export const sideOf = ({ width, height }: Photo, { zoom }: Crop): number => Math.min(width, height) / zoom

/** In the middle. */
export const wholeOf = ({ width, height }: Photo): Crop => ({ x: width / 2, y: height / 2, zoom: 1 })

/** The square stays inside of the photo. */
export function within(photo: Photo, crop: Crop): Crop {
  const zoom = clamp(crop.zoom, 1, maxZoom)
  const half = sideOf(photo, { ...crop, zoom }) / 2
  return { x: clamp(crop.x, half, photo.width - half), y: clamp(crop.y, half, photo.height - half), zoom }
}

const clamp = (value: number, min: number, max: number): number => Math.min(max, Math.max(min, value))
