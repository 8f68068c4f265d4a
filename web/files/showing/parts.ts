// What stands in the places of files, with its rules: loaded with the first message that has any.
import { loadStyle } from '../../ui/load-style.ts'
import FilePart from './FilePart.vue'
import Picture from './Picture.vue'
import rules from './showing.css?url&no-inline'

export async function ready(): Promise<typeof FilePart> {
  await loadStyle(rules)
  return FilePart
}

export async function picture(): Promise<typeof Picture> {
  await loadStyle(rules)
  return Picture
}
