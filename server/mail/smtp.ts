// Hands one mail over to the mail server, and says what became of it. Never logs a password, an address or a text.
import { createTransport } from 'nodemailer'
import { isThisMachine, type MailConfig } from '../config-mail.ts'
import { limits } from '../protocol/limits.ts'
import { htmlOf, oneLine, textOf, type Letter } from './letter.ts'

/**
 * `taken`: the server has it. `refused`: it never will. `later`: this mail, at this moment. `away`: none at this moment; `why`
 * names no mail and nobody.
 */
export type Handed = { state: 'taken' } | { state: 'refused' | 'later' | 'away'; why: string }

export interface Smtp {
  send(letter: Letter, about: { messageId: string; language: string; from: string }): Promise<Handed>
  /** Signs in and sends nothing; why that does not work, or undefined. */
  check(): Promise<string | undefined>
  close(): void
}

/** What nodemailer says of a failure. */
interface SmtpError {
  code?: string
  responseCode?: number
  command?: string
  message?: string
}

export function openSmtp({ host, port, secure, needsTls, auth, from }: MailConfig): Smtp {
  const { silentMs, attemptMs } = limits.mail
  const transport = createTransport({
    host,
    port,
    secure,
    requireTLS: needsTls,
    // A server on this machine rarely has a certificate for it, and nobody is in between.
    ignoreTLS: isThisMachine(host) && !secure,
    ...(auth === undefined ? {} : { auth }),
    connectionTimeout: silentMs,
    greetingTimeout: silentMs,
    socketTimeout: silentMs,
    // Nothing that somebody has written is taken for a file or an address to fetch.
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  return {
    close: () => transport.close(),
    check: () =>
      transport.verify().then(
        () => undefined,
        (error: unknown) => {
          const handed = handedOf(error)
          return 'why' in handed ? handed.why : undefined
        },
      ),
    send: async (letter, { messageId, language, from: name }) => {
      const sent = transport.sendMail({
        // The envelope by itself: whatever a header may say, it goes to this one address.
        envelope: { from: from.address, to: [letter.to] },
        from: { name: oneLine(from.name ?? name), address: from.address },
        to: { name: '', address: letter.to },
        subject: oneLine(letter.subject),
        text: textOf(letter),
        html: htmlOf(letter, language),
        messageId,
        headers: { 'Auto-Submitted': 'auto-generated', ...letter.headers },
        ...(letter.follows === undefined ? {} : { inReplyTo: letter.follows, references: [letter.follows] }),
      })
      let timer: NodeJS.Timeout | undefined
      const late = new Promise<Handed>((resolve) => {
        timer = setTimeout(() => resolve({ state: 'away', why: 'it takes too long' }), attemptMs)
      })
      const outcome = sent.then((): Handed => ({ state: 'taken' }), handedOf)
      return Promise.race([outcome, late]).finally(() => clearTimeout(timer))
    },
  }
}

/** Of one mail are answers to its recipient and its content; everything else is about the server, or about us. */
export function handedOf(error: unknown): Handed {
  const { code = 'unknown', responseCode = 0, command = '' } = error as SmtpError
  // 421: the server is about to close, whatever was asked.
  const isOfMail = (command === 'RCPT TO' || command === 'DATA') && responseCode !== 421
  const why = `${code}${responseCode === 0 ? '' : ` ${responseCode}`}${command === '' ? '' : ` at ${command}`}`
  if (isOfMail && responseCode >= 500) return { state: 'refused', why }
  if (isOfMail && responseCode >= 400) return { state: 'later', why }
  return { state: 'away', why }
}
