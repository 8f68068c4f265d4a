// Completes names after an @: of the people in the room, because only they can be mentioned; recent speakers first.
// `@room` and `@here` are offered to people who may use them.
import { computed } from 'vue'
import { spokenKey } from '../../../../../server/protocol/names.ts'
import type { GroupSummary } from '../../../../../server/protocol/groups.ts'
import type { Member } from '../../../../../server/protocol/people.ts'
import type { Choice, LinkedRoom, Source } from '../choice.ts'
import { namePiece } from './pieces.ts'

export interface Circle {
  members: readonly Member[]
  status: 'loading' | 'ready' | 'failed'
  /** Ids of recent speakers, the last one first. */
  speakers: readonly string[]
  ownId: string
  mayNameAll: boolean
  /** Rooms that a message here can link to. */
  rooms?: readonly LinkedRoom[]
  groups?: readonly GroupSummary[]
  /** Somebody begins to type a name. */
  lookForGroups?: () => void
}

/** Fits above a phone's keyboard twice over; another letter finds the rest. */
const max = 8
/** `@room` is also found by its names in other products. */
const everybody = [
  { name: 'room', known: ['room', 'all', 'everyone', 'channel', '所有人', '全体'] },
  { name: 'here', known: ['here', '在线'] },
] as const

interface Ranked {
  choice: Choice
  rank: number
}

export function peopleSource(circle: () => Circle): Source {
  const keyed = computed(() => {
    const { members, speakers, ownId } = circle()
    const spoke = new Map(speakers.map((id, at) => [id, at]))
    const recency = ({ id }: Member): number => spoke.get(id) ?? Infinity
    return members
      .filter(({ id }) => id !== ownId)
      .map((member) => ({ member, key: spokenKey(member.name), recency: recency(member) }))
      .sort((a, b) => compare(a.recency, b.recency) || Number(b.member.here) - Number(a.member.here))
  })

  function choices(query: string): Choice[] {
    const wanted = wantedOf(query)
    const found: Ranked[] = keyed.value.flatMap(({ member, key }) => {
      const rank = rankOf(key, wanted)
      const choice: Choice = { kind: 'person', key: member.id, words: `@${member.name}`, member }
      return rank === undefined ? [] : [{ choice, rank }]
    })
    for (const group of circle().groups ?? []) {
      const rank = rankOf(spokenKey(group.name), wanted)
      const choice: Choice = { kind: 'group', key: `group-${group.id}`, words: `@${group.name}`, group }
      if (rank !== undefined) found.push({ choice, rank })
    }
    // Sorting is stable: equal ranks keep their order.
    const people = found.sort((a, b) => a.rank - b.rank).map(({ choice }) => choice)
    const all: Choice[] = everybody
      .filter(({ known }) => circle().mayNameAll && known.some((word) => word.startsWith(wanted)))
      .map(({ name }) => ({ kind: 'everybody', key: name, words: `@${name}`, name }))
    return [...people.slice(0, max - all.length), ...all]
  }

  return {
    kind: 'person',
    saysNone: false,
    pieceAt: namePiece,
    look: () => circle().lookForGroups?.(),
    choices,
    state: computed(() => circle().status),
    isWhole: (choice, query) => spokenKey(query) === spokenKey(choice.words.slice(1)),
  }
}

const compare = (a: number, b: number): number => (a === b ? 0 : a - b)

/** A space at the end counts: `@Ann ` is the beginning of Ann Lee, but not of Anna. */
const wantedOf = (query: string): string => spokenKey(query) + (/\S\s+$/.test(query) ? ' ' : '')

/** Lower is better: the whole name, its beginning, the beginning of a word in it, anywhere in it. */
function rankOf(key: string, wanted: string): number | undefined {
  if (key === wanted) return 0
  if (key.startsWith(wanted)) return 1
  const at = key.indexOf(wanted)
  if (at < 0) return undefined
  return key.split(/[\s\p{P}]+/u).some((word) => word.startsWith(wanted)) ? 2 : 3
}
