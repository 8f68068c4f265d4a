// What was shared, as the text of a draft. Pure.
interface SharedWords {
  title: string
  text: string
  url: string
}

/** Each thing once: many apps put the address into the text, or the title before it. */
export function asDraft({ title, text, url }: SharedWords): string {
  const lines = [title, text, url].filter((one) => one !== '')
  return lines
    .filter(
      (one, at) =>
        !lines.some((other, place) => place !== at && says(other, one) && (other !== one || place < at)),
    )
    .join('\n')
}

const says = (whole: string, part: string): boolean => whole.includes(part)

/** Below what is being written there already. */
export const withDraft = (draft: string, added: string): string =>
  [draft.trimEnd(), added].filter((one) => one !== '').join('\n')
