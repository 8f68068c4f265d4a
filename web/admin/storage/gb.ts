// Sizes as an administrator types them: in GB of 1,024 MB, with a point or a comma. Pure.
const gb = 1024 ** 3

export const inGb = (bytes: number): string => String(Math.round((bytes / gb) * 1_000) / 1_000)

/** Undefined: it is no number, or below 0. */
export function bytesOf(typed: string): number | undefined {
  const text = typed.trim().replace(',', '.')
  return /^\d+(?:\.\d+)?$/.test(text) ? Math.round(Number(text) * gb) : undefined
}
