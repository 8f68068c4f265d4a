// What a fault is, and what the files of faults share: whom it hits, and for how long.
import { setTimeout as pause } from 'node:timers/promises'
import { pick, type Chance } from './chance.ts'
import type { Client } from './client.ts'
import type { Cluster, Station } from './cluster.ts'
import type { Proxy, ProxyFault } from './proxy.ts'

export interface Target {
  cluster: Cluster
  clients: readonly Client[]
  chance: Chance
  /** All clients fall silent and everything is archived; false if that did not happen in time. */
  hush: () => Promise<boolean>
  speak: () => void
  note: (words: string) => void
  /** Only faults whose name contains this. */
  only: string
}

export interface Fault {
  weight: number
  /** Affects Redis or MySQL as a whole: only one such fault at a time. */
  isStore?: boolean
  /** No other fault may be active. */
  isAlone?: boolean
  inject: (target: Target) => Promise<void>
}

export type Faults = Readonly<Record<string, Fault>>

export async function disturb(proxies: readonly Proxy[], what: ProxyFault, forMs: number): Promise<void> {
  for (const proxy of proxies) proxy.set(what)
  await pause(forMs)
  for (const proxy of proxies) proxy.clear()
}

/** One of the processes, or all of them. */
export const some = ({ cluster, chance }: Target): Station[] =>
  chance() < 0.3 ? cluster.stations : [pick(chance, cluster.stations)]

export const anyServer = ({ cluster, chance }: Target): Station => pick(chance, cluster.servers)
