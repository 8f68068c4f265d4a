/** 16 random bytes, as text. What cannot be one is no question to MySQL. */
export const isLinkCode = (text: string): boolean => /^[\w-]{22}$/.test(text)
