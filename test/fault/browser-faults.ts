// Faults of browsers and of their connections.
import { setTimeout as pause } from 'node:timers/promises'
import { between, pick } from './chance.ts'
import { anyServer, disturb, type Faults } from './fault.ts'

export const browserFaults: Faults = {
  'web cut': {
    weight: 5,
    inject: async (target) => {
      anyServer(target).web?.cut()
    },
  },
  'web reply lost, then cut': {
    weight: 5,
    inject: (target) => {
      const { web } = anyServer(target)
      return disturb(web ? [web] : [], { swallowReplies: true }, between(target.chance, 30, 1_500))
    },
  },
  'web half-open': {
    weight: 2,
    inject: (target) => {
      const { web } = anyServer(target)
      return disturb(web ? [web] : [], { halfOpen: true }, between(target.chance, 500, 8_000))
    },
  },
  'web slow': {
    weight: 2,
    inject: (target) => {
      const { web } = anyServer(target)
      return disturb(
        web ? [web] : [],
        { delayMs: between(target.chance, 10, 400) },
        between(target.chance, 500, 5_000),
      )
    },
  },
  'web trickles': {
    weight: 2,
    inject: (target) => {
      const { web } = anyServer(target)
      return disturb(web ? [web] : [], { trickleBytes: between(target.chance, 300, 4_000) }, 2_000)
    },
  },
  'frames dropped at a client': {
    weight: 5,
    inject: async ({ clients, chance }) => {
      for (let times = between(chance, 1, 6); times > 0; times -= 1)
        pick(chance, clients).drops += between(chance, 1, 3)
    },
  },
  'client offline and online': {
    weight: 4,
    inject: async ({ clients, chance }) => {
      const gone = clients.filter(() => chance() < 0.2)
      for (const client of gone) client.online = false
      await pause(between(chance, 300, 6_000))
      for (const client of gone) client.online = true
    },
  },
  'client reconnects many times': {
    weight: 3,
    inject: async ({ clients, chance }) => {
      const client = pick(chance, clients)
      for (let times = 10; times > 0; times -= 1) {
        client.cut()
        await pause(between(chance, 20, 300))
      }
    },
  },
  'client stops reading': {
    weight: 2,
    inject: async ({ clients, chance }) => {
      const client = pick(chance, clients)
      client.pauses()
      await pause(between(chance, 1_000, 8_000))
      client.readsOn()
    },
  },
  'page reloaded': {
    weight: 3,
    inject: async ({ clients, chance }) => {
      for (let times = between(chance, 1, 3); times > 0; times -= 1) pick(chance, clients).reload()
    },
  },
}
