// What the mails about accounts and addresses say, and whether they are still wanted when they are sent.
import type { WorkspaceSettings } from '../access/workspace.ts'
import { noteAudit } from '../audit/audit.ts'
import type { Db } from '../db.ts'
import { hasNoFactor } from '../identity/second-factors.ts'
import type { Block, Letter } from '../mail/letter.ts'
import type { Mail } from '../mail/mail.ts'
import type { QueuedMail } from '../mail/queue.ts'
import { fill, mailWords, momentIn } from '../mail/words/words.ts'
import { limits } from '../protocol/limits.ts'
import { allowsDomain, cleanMailAddress } from '../protocol/mail-address.ts'
import { shownAddress, type Addressee, type MailAddresses } from './addresses.ts'
import type { MailedLinks } from './mailed-links.ts'

export interface LetterDeps {
  db: Db
  mail: Mail
  addresses: MailAddresses
  links: MailedLinks
  settings: Pick<WorkspaceSettings, 'read'>
}

type Texts = 'forgot' | 'passwordSet' | 'address' | 'addressGone' | 'join'

interface About {
  to: string
  texts: Texts
  places: Record<string, string>
  /** Whose account it is, where there is one. */
  name?: string
  blocks: (say: (text: string) => string) => readonly (Block | undefined)[]
}

/** Told once, when the process starts. */
export function addLetters(deps: LetterDeps): void {
  const { mail } = deps
  mail.add('forgot', { compose: (one) => forgot(deps, one) })
  mail.add('password-set', { compose: (one) => passwordSet(deps, one) })
  mail.add('address', { compose: (one) => address(deps, one) })
  mail.add('address-gone', { compose: (one) => addressGone(deps, one) })
  mail.add('join', { compose: (one) => join(deps, one) })
}

async function letterOf(
  { mail, settings }: LetterDeps,
  { language }: Pick<QueuedMail, 'language'>,
  { to, texts, places, name, blocks }: About,
): Promise<Letter> {
  const words = mailWords[language]
  const workspace = (await settings.read()).name
  const say = (text: string): string => fill(text, { workspace, ...places })
  const hello = name === undefined ? undefined : fill(words.hello, { name })
  return {
    to,
    subject: say(words[texts].subject),
    blocks: [hello, ...blocks(say)].filter((block) => block !== undefined),
    small: [fill(words.footer, { workspace, url: mail.origin })],
  }
}

/** Asked for with an address, of somebody or of nobody. */
async function forgot(deps: LetterDeps, one: QueuedMail): Promise<Letter | undefined> {
  const { db, addresses, links } = deps
  const owner = await addresses.owner(cleanMailAddress(one.address ?? '')?.key ?? '')
  if (owner === undefined) return undefined
  const words = mailWords[one.language].forgot
  const about = {
    to: owner.address,
    texts: 'forgot',
    places: { name: owner.name },
    name: owner.name,
  } as const
  const [admin] = await db.rows(
    `SELECT u.id FROM users u WHERE u.id = ? AND u.is_admin = 1 AND ${hasNoFactor}`,
    [BigInt(owner.id)],
  )
  if (admin !== undefined) return letterOf(deps, one, { ...about, blocks: (say) => [say(words.admin)] })
  const url = await links.make(one, 'reset', {
    path: '/reset',
    userId: owner.id,
    data: { secondFactor: false, byCommand: false, mail: one.id },
    lifeMs: limits.mail.resetMs,
  })
  if (url === undefined) return undefined
  if (one.failures === 0) {
    const { from } = one.data as { from?: string }
    const person = { id: owner.id, name: owner.name }
    await db.transaction((tx) =>
      noteAudit(tx, {
        kind: 'reset_mailed',
        ...(from === undefined ? {} : { address: from }),
        about: { person },
      }),
    )
  }
  return letterOf(deps, one, {
    ...about,
    blocks: (say) => [say(words.text), { url, label: say(words.button) }, say(words.after)],
  })
}

/** After it has happened; at: when. */
async function passwordSet(deps: LetterDeps, one: QueuedMail): Promise<Letter | undefined> {
  const owner = await ownerOf(deps, one)
  if (owner === undefined) return undefined
  const words = mailWords[one.language].passwordSet
  const { at } = one.data as { at: number }
  return letterOf(deps, one, {
    to: owner.address,
    texts: 'passwordSet',
    places: { name: owner.name, when: momentIn(one.language, at) },
    name: owner.name,
    blocks: (say) => [
      say(words.text),
      say(words.after),
      { url: `${deps.mail.origin}/`, label: say(words.button) },
    ],
  })
}

/** To an address that somebody says is theirs. */
async function address(deps: LetterDeps, one: QueuedMail): Promise<Letter | undefined> {
  const { db, addresses, links } = deps
  const { userId, address: to } = one
  const wanted = cleanMailAddress(to ?? '')
  if (userId === null || wanted === undefined || !(await addresses.wants(userId, wanted.address)))
    return undefined
  const [person] = await db.rows<{ name: string }>('SELECT name FROM users WHERE id = ?', [BigInt(userId)])
  if (person === undefined) return undefined
  const words = mailWords[one.language].address
  const shown = shownAddress(wanted.address)
  const places = { name: person.name, address: shown }
  const owner = await addresses.owner(wanted.key)
  const about = { to: wanted.address, texts: 'address' } as const
  if (owner !== undefined && owner.id !== userId)
    return letterOf(deps, one, {
      ...about,
      places: { ...places, other: owner.name },
      blocks: (say) => [say(words.taken)],
    })
  const url = await links.make(one, 'mail-address', {
    path: '/mail',
    userId,
    data: { address: wanted.address, mail: one.id },
    lifeMs: limits.mail.linkMs,
  })
  if (url === undefined) return undefined
  return letterOf(deps, one, {
    ...about,
    places,
    blocks: (say) => [say(words.text), { url, label: say(words.button) }, say(words.after)],
  })
}

/** To the address that was. */
async function addressGone(deps: LetterDeps, one: QueuedMail): Promise<Letter | undefined> {
  if (one.address === null) return undefined
  const words = mailWords[one.language].addressGone
  const { at, name } = one.data as { at: number; name: string }
  return letterOf(deps, one, {
    to: one.address,
    texts: 'addressGone',
    places: { name, address: shownAddress(one.address), when: momentIn(one.language, at) },
    name,
    blocks: (say) => [
      say(words.text),
      say(words.after),
      { url: `${deps.mail.origin}/`, label: say(words.button) },
    ],
  })
}

/** To an address whose domain lets people in, of somebody who may be in already. */
async function join(deps: LetterDeps, one: QueuedMail): Promise<Letter | undefined> {
  const { addresses, links, settings, mail } = deps
  const wanted = cleanMailAddress(one.address ?? '')
  const { mailDomains } = await settings.read()
  if (wanted === undefined || !allowsDomain(mailDomains, wanted.domain)) return undefined
  const words = mailWords[one.language].join
  const about = { to: wanted.address, texts: 'join' } as const
  const places = { address: shownAddress(wanted.address) }
  const owner = await addresses.owner(wanted.key)
  if (owner !== undefined)
    return letterOf(deps, one, {
      ...about,
      places: { ...places, name: owner.name },
      blocks: (say) => [say(words.known), { url: `${mail.origin}/`, label: say(words.signIn) }],
    })
  const url = await links.make(one, 'mail-join', {
    path: '/mail',
    userId: null,
    data: { address: wanted.address, mail: one.id },
    lifeMs: limits.mail.linkMs,
  })
  if (url === undefined) return undefined
  return letterOf(deps, one, {
    ...about,
    places,
    blocks: (say) => [say(words.text), { url, label: say(words.button) }, say(words.after)],
  })
}

const ownerOf = async ({ addresses }: LetterDeps, { userId }: QueuedMail): Promise<Addressee | undefined> =>
  userId === null ? undefined : addresses.find(userId)
