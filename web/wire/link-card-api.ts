// The HTTP calls about link cards. Each returns its answer or a Refusal, and never throws.
import { newCid } from '../../server/protocol/cid.ts'
import type { SendAnswer } from '../../server/protocol/http.ts'
import type { CardView, LinkCardSettings, LinkCardSettingsBody } from '../../server/protocol/link-cards.ts'
import { request } from './http.ts'

export const removeCard = (room: string, seq: number, link: string) =>
  request<SendAnswer>({
    method: 'POST',
    path: `/rooms/${room}/messages/${seq}/cards/removed`,
    body: { cid: newCid(), link },
  })
export const cardPictureAddress = (room: string, seq: number, hash: string): string =>
  `/api/rooms/${room}/messages/${seq}/cards/${hash}`
export const readCardView = () => request<CardView>({ method: 'GET', path: '/me/link-cards' })
export const setCardView = (view: CardView['view']) =>
  request<CardView>({ method: 'PUT', path: '/me/link-cards', body: { view } })
export const readLinkCardSettings = () =>
  request<LinkCardSettings>({ method: 'GET', path: '/admin/link-cards' })
export const changeLinkCards = (change: LinkCardSettingsBody) =>
  request<LinkCardSettings>({ method: 'PATCH', path: '/admin/link-cards', body: change })
