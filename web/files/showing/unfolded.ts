// Which text files are unfolded: kept while their rows come and go.
import { shallowReactive } from 'vue'

const unfolded = shallowReactive(new Set<string>())

export const unfoldedFiles = {
  has: (id: string): boolean => unfolded.has(id),
  toggle: (id: string): void => void (unfolded.delete(id) || unfolded.add(id)),
}
