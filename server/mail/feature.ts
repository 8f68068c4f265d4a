// Mail, where SMTP_URL is set: a queue in MySQL, and every process sends from it.
import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import type { Core } from '../core.ts'
import type { Feature } from '../feature.ts'
import type { WorkspaceSettings } from '../access/workspace.ts'
import { limits } from '../protocol/limits.ts'
import { Repeated } from '../repeated.ts'
import { Mail } from './mail.ts'
import { MailQueue } from './queue.ts'
import { Sender } from './sender.ts'
import { openSmtp } from './smtp.ts'

/** `mail` undefined: none is sent. */
export function openMail({ db, config }: Pick<Core, 'db' | 'config'>): { mail: Mail | undefined } {
  const { mail: smtp, publicUrl } = config
  if (smtp === undefined || publicUrl === undefined) return { mail: undefined }
  const domain = smtp.from.address.split('@')[1] ?? 'localhost'
  return { mail: new Mail(new MailQueue(db, domain), publicUrl.origin) }
}

export function mailFeature(
  { config, metrics, outages, logger, onError }: Core,
  { mail, settings }: { mail: Mail | undefined; settings: Pick<WorkspaceSettings, 'read'> },
): Feature {
  if (mail === undefined || config.mail === undefined) return {}
  const smtp = openSmtp(config.mail)
  const sender = new Sender({
    mail,
    smtp,
    outages,
    onError,
    server: `The mail server ${config.mail.host}:${config.mail.port}`,
    holder: `${hostname()}:${process.pid}:${randomBytes(4).toString('hex')}`.slice(-120),
    workspace: async () => (await settings.read()).name,
    tell: (line) => logger.warn(line),
    sent: metrics.counter('brook_mails_sent_total', 'Mails that the mail server took, by kind', { kind: [] }),
    givenUp: metrics.counter('brook_mails_given_up_total', 'Mails that were refused, or too old'),
  })
  const sending = new Repeated({
    everyMs: limits.mail.lookEveryMs,
    run: () => sender.run(),
    onError: (error) => onError(error, 'sending mail'),
  })
  mail.onPut(() => sending.soon())
  return {
    open: async () => sending.soon(),
    close: async () => {
      sender.close()
      // What is under way by then is sent again by another process, with the same Message-ID.
      await Promise.race([sending.close(), pause(limits.drainMs, undefined, { ref: false })])
      smtp.close()
    },
  }
}
