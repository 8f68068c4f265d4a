// The HTTP calls about the workspace's own emoji. Each returns its answer or a Refusal, and never throws.
import type {
  CustomEmojiAnswer,
  CustomEmojiBody,
  CustomEmojiListAnswer,
} from '../../server/protocol/custom-emoji.ts'
import { answerOf, request } from './http.ts'

export const listEmoji = () => request<CustomEmojiListAnswer>({ method: 'GET', path: '/emoji' })
/** A slow phone may take a while to send it. */
const imageMs = 60_000
export const addEmoji = (name: string, image: Blob) =>
  answerOf<CustomEmojiAnswer>(`/api/emoji?name=${encodeURIComponent(name)}`, {
    method: 'POST',
    body: image,
    // The server goes by its bytes.
    headers: { 'content-type': 'application/octet-stream' },
    signal: AbortSignal.timeout(imageMs),
  })
export const changeEmoji = (id: string, body: CustomEmojiBody) =>
  request<CustomEmojiAnswer>({ method: 'PATCH', path: `/emoji/${id}`, body })
export const removeEmoji = (id: string) => request<undefined>({ method: 'DELETE', path: `/emoji/${id}` })
