// How cards can be seen, in the order in which they are offered.
import type { CardView } from '../../server/protocol/link-cards.ts'

export const cardViews: readonly CardView['view'][] = ['open', 'folded', 'hidden']
