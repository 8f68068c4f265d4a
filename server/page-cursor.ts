// The cursor at which a page of a list ends, as the browser receives it and sends it back: the parts of a position,
// joined by `-`. The schema of the query says which texts are allowed.
export interface PageCursor<Place> {
  write(place: Place): string
  /** Undefined if there is none: the first page. */
  read(text: string | undefined): Place | undefined
}

/** `parts`: how each part is parsed, in the order in which they are written. */
export function pageCursor<Place extends object>(parts: {
  [Name in keyof Place]: (text: string) => Place[Name]
}): PageCursor<Place> {
  const names = Object.keys(parts) as (keyof Place & string)[]
  return {
    write: (place) => names.map((name) => place[name]).join('-'),
    read: (text) => {
      if (text === undefined || text === '') return undefined
      const texts = text.split('-')
      return Object.fromEntries(names.map((name, at) => [name, parts[name](texts[at] ?? '')])) as Place
    },
  }
}
