// The web app manifest: what the installed app is called, how it looks, and what the system may hand to it. Pure.
import { createHash } from 'node:crypto'
import type { MailLanguage } from '../mail/words/words.ts'
import { linkScheme, openPath, sharePath } from '../protocol/web-pages.ts'
import type { Workspace } from '../protocol/workspace.ts'

type Named = Pick<Workspace, 'name' | 'icon'>

const words = {
  en: {
    lang: 'en',
    about: 'A self-hosted chat room',
    write: 'New message',
    inbox: 'Inbox',
    search: 'Search',
  },
  zh: { lang: 'zh-CN', about: '自托管的聊天室', write: '新消息', inbox: '收件箱', search: '搜索' },
}

/** The ground of the app's pages (web/style): a window is not white before them. */
const ground = '#fbfaf8'

/** Changes with what is drawn. */
export function iconVersion({ icon }: Named): string {
  const drawn = icon === undefined ? [] : [icon.picture ?? [icon.text, icon.hue]]
  return createHash('sha256').update(JSON.stringify(drawn)).digest('base64url').slice(0, 16)
}

export function manifestOf(workspace: Named, language: MailLanguage): object {
  const { lang, about, write, inbox, search } = words[language]
  const shortcut = (name: string, url: string) => ({ name, url })
  return {
    id: '/',
    name: workspace.name,
    short_name: workspace.name,
    description: about,
    lang,
    start_url: '/',
    scope: '/',
    display: 'standalone',
    background_color: ground,
    theme_color: ground,
    categories: ['social', 'productivity'],
    icons: iconsOf(workspace),
    shortcuts: [shortcut(write, '/new'), shortcut(inbox, '/inbox'), shortcut(search, '/search')],
    share_target: {
      action: sharePath,
      method: 'POST',
      enctype: 'multipart/form-data',
      params: { title: 'title', text: 'text', url: 'url', files: [{ name: 'files', accept: ['*/*'] }] },
    },
    protocol_handlers: [{ protocol: linkScheme, url: `${openPath}?link=%s` }],
    // A link opens in the window that is there, which goes to it without loading anew.
    launch_handler: { client_mode: ['focus-existing', 'auto'] },
  }
}

const shapes = [
  [192, 'any'],
  [512, 'any'],
  [512, 'maskable'],
] as const

function iconsOf(workspace: Named): object[] {
  const v = iconVersion(workspace)
  return shapes.map(([size, purpose]) => ({
    src:
      workspace.icon === undefined
        ? markPath(size, purpose)
        : `/api/workspace/icon?size=${size}&purpose=${purpose}&v=${v}`,
    sizes: `${size}x${size}`,
    type: 'image/png',
    purpose,
  }))
}

/** The mark of Brook (web/public). */
export function markPath(size: number, purpose: 'any' | 'maskable'): string {
  if (size === 180) return '/apple-touch-icon.png'
  return purpose === 'maskable' ? '/icon-maskable-512.png' : `/icon-${size}.png`
}
