// The sections that everybody has, and how a section is sorted. Pure, and shared with the browser.

/** In the order of the list; one's own are after the first. */
export const usualSections = ['favourites', 'directs', 'rooms'] as const
export type UsualSection = (typeof usualSections)[number]

export const isUsual = (id: string): id is UsualSection => (usualSections as readonly string[]).includes(id)

export const sectionSorts = ['name', 'latest', 'hand'] as const
export type SectionSort = (typeof sectionSorts)[number]

/** How a section is sorted until one chooses. */
export const usualSort = (id: string): SectionSort => (id === 'directs' ? 'latest' : 'name')
