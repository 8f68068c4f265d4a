// A code for another device, as the screen that shows it sees it: made, opened by a device, confirmed, over.
import { onScopeDispose, proxyRefs, ref, shallowRef } from 'vue'
import type { DeviceLinkAnswer, DeviceLinkState } from '../../server/protocol/devices.ts'
import { confirmDevice, endDeviceLink, makeDeviceLink, stateOfDeviceLink } from '../wire/device-api.ts'
import { isRefusal, type Refusal } from '../wire/refusal.ts'

/** Somebody holds the phone in their hand meanwhile. */
const lookEveryMs = 1_500

export type LinkStep = 'loading' | 'show' | 'confirm' | 'coming' | 'done' | 'over'

export function useDeviceLink() {
  const step = ref<LinkStep>('loading')
  const link = shallowRef<DeviceLinkAnswer>()
  const device = shallowRef<NonNullable<DeviceLinkState['device']>>()
  const refusal = shallowRef<Refusal>()
  let again: ReturnType<typeof setTimeout> | undefined

  async function begin(): Promise<void> {
    clearTimeout(again)
    step.value = 'loading'
    refusal.value = undefined
    const answer = await makeDeviceLink()
    if (isRefusal(answer)) return fail(answer)
    link.value = answer
    step.value = 'show'
    later()
  }

  function fail(why: Refusal | undefined): void {
    refusal.value = why
    step.value = 'over'
  }

  function later(): void {
    clearTimeout(again)
    again = setTimeout(() => void look(), lookEveryMs)
  }

  async function look(): Promise<void> {
    const { id } = link.value ?? {}
    if (id === undefined) return
    const answer = await stateOfDeviceLink(id)
    if (link.value?.id !== id) return
    if (isRefusal(answer)) return later()
    if (answer.state === 'over') {
      // What was confirmed and is there no more has come in.
      if (step.value === 'coming') step.value = 'done'
      else fail(undefined)
      return
    }
    if (answer.device !== null && step.value === 'show') {
      device.value = answer.device
      step.value = 'confirm'
    }
    later()
  }

  async function confirm(): Promise<void> {
    const answer = await confirmDevice(link.value?.id ?? '')
    if (isRefusal(answer)) return fail(answer)
    step.value = 'coming'
    later()
  }

  /** Whoever has opened it is sent away. */
  function end(): void {
    clearTimeout(again)
    const { id } = link.value ?? {}
    link.value = undefined
    device.value = undefined
    if (id !== undefined && step.value !== 'done') void endDeviceLink(id)
  }

  onScopeDispose(end)
  return proxyRefs({ step, link, device, refusal, begin, confirm, end })
}
