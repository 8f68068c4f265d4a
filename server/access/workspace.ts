// What the workspace is called and who may come in: one row, changed by administrators.
import { domainToUnicode } from 'node:url'
import type { Db, Queryable } from '../db.ts'
import type { Image } from '../pictures/images.ts'
import type { EmojiBy } from '../protocol/custom-emoji.ts'
import type { Refusal } from '../protocol/errors.ts'
import type { GroupsBy } from '../protocol/groups.ts'
import { limits } from '../protocol/limits.ts'
import { cleanDomainRule } from '../protocol/mail-address.ts'
import { cleanLine } from '../protocol/names.ts'
import { careful, free, type Newcomers } from '../protocol/newcomers.ts'
import { cleanIconText, iconOf, unsetName, type IconChoice } from '../protocol/workspace-icon.ts'
import type { SignUp, Workspace, WorkspaceBody } from '../protocol/workspace.ts'

interface Row {
  name: string
  sign_up: SignUp
  guests: number
  newcomers: string | null
  ask_to_join: number
  mail_domains: string | null
  retention_days: number
  icon_text: string
  icon_hue: IconChoice['hue']
  picture: string
  groups_by: GroupsBy
  emoji_by: EmojiBy
  offline_days: number
}

/** Where Brook can be reached. */
export interface Reach {
  host: string
  publicUrl: URL | undefined
  allowedHosts: readonly string[]
}

const loopback = /^(localhost|127(\.\d+){3}|\[?::1\]?)$/

/** As nobody has set it: whoever tries Brook out on their own machine comes in; what others can reach begins by invitation. */
export function untouched({ host, publicUrl, allowedHosts }: Reach): Workspace {
  const names = [host, ...(publicUrl === undefined ? [] : [publicUrl.hostname]), ...allowedHosts]
  const isPrivate = names.every((name) => loopback.test(name))
  return {
    name: unsetName,
    signUp: isPrivate ? 'open' : 'invite',
    guests: true,
    askToJoin: false,
    mailDomains: [],
    newcomers: isPrivate ? free : careful,
    retentionDays: 0,
    groups: 'admins',
    emoji: 'admins',
    offlineDays: limits.offline.usualDays,
  }
}

export class WorkspaceSettings {
  readonly #db: Db
  readonly #reach: Reach

  constructor(db: Db, reach: Reach) {
    this.#db = db
    this.#reach = reach
  }

  async read(db: Queryable = this.#db): Promise<Workspace> {
    const [row] = await db.rows<Row>(
      `SELECT name, sign_up, guests, newcomers, ask_to_join, mail_domains, retention_days, icon_text, icon_hue,
        picture, groups_by, emoji_by, offline_days
      FROM workspace`,
    )
    if (row === undefined) return untouched(this.#reach)
    const kept = JSON.parse(row.newcomers ?? '{}') as Partial<Newcomers>
    const newcomers = { ...untouched(this.#reach).newcomers, ...kept }
    const icon = iconOf(row.name, { text: row.icon_text, hue: row.icon_hue }, row.picture)
    return {
      name: row.name,
      ...(icon === undefined ? {} : { icon }),
      signUp: row.sign_up,
      guests: row.guests === 1,
      askToJoin: row.ask_to_join === 1,
      mailDomains: (JSON.parse(row.mail_domains ?? '[]') as string[]).map(shownRule),
      newcomers,
      retentionDays: row.retention_days,
      groups: row.groups_by,
      emoji: row.emoji_by,
      offlineDays: row.offline_days,
    }
  }

  /** Of two changes at once, both are kept where they change different things. */
  async change({ name: rawName, icon, ...rest }: WorkspaceBody): Promise<Workspace | Refusal> {
    const name = rawName === undefined ? undefined : cleanLine(rawName, limits.workspaceNameChars)
    if (rawName !== undefined && name === undefined) return { code: 'bad_workspace_name' }
    const iconText = icon === undefined ? undefined : cleanIconText(icon.text)
    if (icon !== undefined && iconText === undefined) return { code: 'bad_workspace_icon' }
    const domains = rest.mailDomains && cleanRules(rest.mailDomains)
    if (rest.mailDomains !== undefined && domains === undefined) return { code: 'bad_mail_domain' }
    return this.#db.transaction(async (tx) => {
      await this.begin(tx)
      const { signUp, guests, askToJoin, newcomers, retentionDays, groups, emoji, offlineDays } = rest
      const { newcomers: before, icon: iconBefore } = await this.read(tx)
      const hue = icon === undefined ? iconBefore?.chosen.hue : icon.hue
      const sql = `UPDATE workspace SET name = COALESCE(?, name), sign_up = COALESCE(?, sign_up),
        guests = COALESCE(?, guests), ask_to_join = COALESCE(?, ask_to_join),
        mail_domains = COALESCE(?, mail_domains), newcomers = ?,
        retention_days = COALESCE(?, retention_days), icon_text = COALESCE(?, icon_text), icon_hue = ?,
        groups_by = COALESCE(?, groups_by), emoji_by = COALESCE(?, emoji_by), offline_days = COALESCE(?, offline_days)`
      await tx.run(sql, [
        name ?? null,
        signUp ?? null,
        guests === undefined ? null : Number(guests),
        askToJoin === undefined ? null : Number(askToJoin),
        domains === undefined ? null : JSON.stringify(domains),
        JSON.stringify({ ...before, ...newcomers }),
        retentionDays ?? null,
        iconText ?? null,
        hue ?? null,
        groups ?? null,
        emoji ?? null,
        offlineDays ?? null,
      ])
      return this.read(tx)
    })
  }

  /** What is shown instead of the icon. */
  async picture(): Promise<Image | undefined> {
    const [row] = await this.#db.rows<{ image: Buffer | null; hash: string }>(
      'SELECT picture_image AS image, picture AS hash FROM workspace',
    )
    return row === undefined || row.image === null ? undefined : { image: row.image, hash: row.hash }
  }

  async setPicture(face: Image | undefined): Promise<Workspace> {
    return this.#db.transaction(async (tx) => {
      await this.begin(tx)
      const values = [face?.hash ?? '', face?.image ?? null]
      await tx.run('UPDATE workspace SET picture = ?, picture_image = ?', values)
      return this.read(tx)
    })
  }

  /** Makes the row where nobody has set anything yet. */
  async begin(tx: Queryable): Promise<void> {
    const { name, signUp, guests } = untouched(this.#reach)
    await tx.run(
      'INSERT INTO workspace (one, name, sign_up, guests) VALUES (?) ON DUPLICATE KEY UPDATE one = 1',
      [[1, name, signUp, Number(guests)]],
    )
  }
}

/** Each once, in ASCII; undefined: one of them is no domain, or there are too many. */
function cleanRules(raw: readonly string[]): string[] | undefined {
  const rules = raw.map(cleanDomainRule).filter((rule) => rule !== undefined)
  const unique = [...new Set(rules)]
  return rules.length < raw.length || unique.length > limits.mail.domains ? undefined : unique
}

/** As people write it: in their script. */
const shownRule = (rule: string): string =>
  rule.startsWith('*.') ? `*.${domainToUnicode(rule.slice(2))}` : domainToUnicode(rule)
