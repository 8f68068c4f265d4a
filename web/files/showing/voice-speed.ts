// How fast voice messages are played: one choice for all of them, kept in this browser.
import { createGlobalState, useLocalStorage } from '@vueuse/core'

const speeds = [1, 1.5, 2] as const
export type Speed = (typeof speeds)[number]

const useSpeed = createGlobalState(() => useLocalStorage<Speed>('brook.voiceSpeed', 1))
export const voiceSpeed = useSpeed()

export const nextSpeed = (now: Speed): Speed => speeds[(speeds.indexOf(now) + 1) % speeds.length] ?? 1
