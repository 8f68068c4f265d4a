// Names that nobody in this file has yet.

let count = 0
export const fresh = (name: string): string => `${name} ${(count += 1)}`
