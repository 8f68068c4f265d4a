// Files: what people upload, what messages hold of it, and where the bytes are kept.
import type { Feature } from '../feature.ts'

export function fileFeature(): Feature {
  return {}
}
