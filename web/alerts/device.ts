// Whether this device is told while no page is open, and turning it on and off. Permission is asked for only by a button.
import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import type { PushDevice } from '../../server/protocol/push.ts'
import { registerWorker } from '../installed/worker.ts'
import { isApple, isInstalled } from '../ui/installed.ts'
import { readPush, removePushDevice, subscribePush, testPush } from '../wire/push-api.ts'
import { isRefusal, type Refusal } from '../wire/refusal.ts'
import { language } from '../words/words.ts'

/** `install`: on this system only apps on the home screen are told. `blocked`: by the browser's settings. */
export type DeviceState = 'unsupported' | 'install' | 'blocked' | 'off' | 'on'

const canPush = (): boolean =>
  'serviceWorker' in navigator && 'PushManager' in globalThis && 'Notification' in globalThis

const permissionNow = (): NotificationPermission =>
  'Notification' in globalThis ? Notification.permission : 'denied'

export const usePushDevice = defineStore('pushDevice', () => {
  const permission = ref(permissionNow())
  /** Undefined: not known yet. */
  const devices = shallowRef<PushDevice[]>()
  const publicKey = ref('')
  const isBusy = ref(false)
  const failed = ref(false)
  const current = computed(() => devices.value?.find((one) => one.current))
  const state = computed<DeviceState>(() => {
    if (!canPush()) return isApple() && !isInstalled() ? 'install' : 'unsupported'
    if (permission.value === 'denied') return 'blocked'
    return current.value !== undefined && permission.value === 'granted' ? 'on' : 'off'
  })

  async function load(): Promise<void> {
    permission.value = permissionNow()
    const answer = await readPush()
    failed.value = isRefusal(answer)
    if (isRefusal(answer)) return
    devices.value = answer.devices
    publicKey.value = answer.publicKey
  }

  /** Call it from a click. `refused`: by the server; `blocked`: by the person or the browser; undefined: it is on. */
  async function turnOn(): Promise<Refusal | 'blocked' | 'failed' | undefined> {
    isBusy.value = true
    try {
      permission.value = await Notification.requestPermission()
      if (permission.value !== 'granted') return 'blocked'
      if (publicKey.value === '') await load()
      return await subscribe()
    } finally {
      isBusy.value = false
    }
  }

  async function subscribe(): Promise<Refusal | 'failed' | undefined> {
    const subscription = await browserSubscription(publicKey.value).catch(() => undefined)
    const { endpoint, keys } = subscription?.toJSON() ?? {}
    if (endpoint === undefined || keys?.['p256dh'] === undefined || keys['auth'] === undefined)
      return 'failed'
    const answer = await subscribePush({
      endpoint,
      keys: { p256dh: keys['p256dh'], auth: keys['auth'] },
      language: language(),
    })
    if (isRefusal(answer)) return answer
    await load()
    return undefined
  }

  async function remove(id: string): Promise<Refusal | undefined> {
    const isThis = id === current.value?.id
    const answer = await removePushDevice(id)
    if (isRefusal(answer)) return answer
    if (isThis) await endSubscription().catch(() => undefined)
    await load()
    return undefined
  }

  const test = async (): Promise<Refusal | undefined> => {
    const answer = await testPush()
    await load()
    return isRefusal(answer) ? answer : undefined
  }

  return { permission, devices, current, state, isBusy, failed, load, turnOn, remove, test }
})

/** That of this browser for this server's key; one for another key is given up. */
async function browserSubscription(publicKey: string): Promise<PushSubscription> {
  await registerWorker()
  const { pushManager } = await navigator.serviceWorker.ready
  const options = { userVisibleOnly: true, applicationServerKey: publicKey }
  return pushManager.subscribe(options).catch(async (error: unknown) => {
    const known = await pushManager.getSubscription()
    if (known === null) throw error
    await known.unsubscribe()
    return pushManager.subscribe(options)
  })
}

async function endSubscription(): Promise<void> {
  const registration = await navigator.serviceWorker.getRegistration()
  await (await registration?.pushManager.getSubscription())?.unsubscribe()
}
