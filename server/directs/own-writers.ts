// Who may write to somebody, in GET and PATCH /api/me.
import { requireSession } from '../account/identify.ts'
import type { OwnFields } from '../naming/own-fields.ts'
import type { OwnBlocks } from './own-blocks.ts'

export const ownWriters = (own: Pick<OwnBlocks, 'writers' | 'setWriters'>): OwnFields => ({
  read: async (userId) => ({ writers: await own.writers(userId) }),
  prepare: async (request, { writers }) => {
    if (writers === undefined) return undefined
    const { user } = requireSession(request)
    return async () => {
      await own.setWriters(user.id, writers)
      return { writers }
    }
  },
})
