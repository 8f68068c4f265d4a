/** First strong isolate: a right-to-left name inside a sentence does not turn the sentence around. */
export const isolate = (text: string): string => `\u2068${text}\u2069`
