// Whom the reader blocks: asked for when they connect, and changed here. Nobody else is told.
import { computed, shallowRef, type ComputedRef } from 'vue'
import type { BlocksAnswer } from '../../server/protocol/directs.ts'
import * as api from '../wire/directs-api.ts'
import { isRefusal, type Refusal } from '../wire/refusal.ts'

type Blocked = BlocksAnswer['blocks'][number]

const blocks = shallowRef<readonly Blocked[]>([])
const ids = computed(() => new Set(blocks.value.map(({ user }) => user.id)))

export const isBlocked = (user: string): boolean => ids.value.has(user)
export const blockedPeople: ComputedRef<readonly Blocked[]> = computed(() => blocks.value)

export async function loadBlocks(): Promise<void> {
  const answer = await api.listBlocks()
  if (!isRefusal(answer)) blocks.value = answer.blocks
}

export const forgetBlocks = (): void => void (blocks.value = [])

export async function setBlocked(
  user: { id: string; name: string },
  is: boolean,
): Promise<Refusal | undefined> {
  const answer = await (is ? api.block(user.id) : api.unblock(user.id))
  if (isRefusal(answer)) return answer
  const others = blocks.value.filter((one) => one.user.id !== user.id)
  blocks.value = is ? [{ user, at: Date.now() }, ...others] : others
  return undefined
}
