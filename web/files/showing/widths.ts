// The widths of previews that the server makes, in pixels, the smallest first.
import { previewWidths as byPlace } from '../../../server/protocol/picture-limits.ts'

export const previewWidths: readonly number[] = Object.values(byPlace)
