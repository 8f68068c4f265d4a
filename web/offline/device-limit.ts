// How much of this device's disk the copy may take: chosen on the device, and kept there.
import { useLocalStorage } from '@vueuse/core'

export const limitChoices = [20, 50, 100, 200] as const
const usualMb = 100

/** In MB. */
export const useDeviceLimit = () => useLocalStorage('brook.copyMb', usualMb)

export const bytesOf = (mb: number): number =>
  Math.min(Math.max(mb, 0), limitChoices.at(-1) ?? mb) * 1_000_000
