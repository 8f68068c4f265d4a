// The sections of one person's list of rooms.
import type { OwnTable } from '../own-data/own-table.ts'
import { sectionsOf } from './sections.ts'

export const sectionData: readonly OwnTable[] = [
  {
    table: 'sections',
    lines: async (db, id) =>
      (await sectionsOf(db, String(id)))
        .filter(({ name }) => name !== null)
        .map((section) => ({ kind: 'section', ...section })),
  },
]
