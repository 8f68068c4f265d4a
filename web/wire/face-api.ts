// The HTTP calls that give something a face, and take it away. Each returns its answer or a Refusal, and never throws.
import type { RoomAnswer } from '../../server/protocol/http.ts'
import type { OwnProfile } from '../../server/protocol/profiles.ts'
import type { Workspace } from '../../server/protocol/workspace.ts'
import { answerOf, request } from './http.ts'
import type { Refusal } from './refusal.ts'

export interface FaceApi<Answer = undefined> {
  set: (image: Blob) => Promise<Answer | Refusal>
  remove: () => Promise<Answer | Refusal>
}

/** A slow phone may take a while to send it. */
const imageMs = 60_000

const faceAt = <Answer = undefined>(path: string): FaceApi<Answer> => ({
  set: (image) =>
    answerOf<Answer>(`/api${path}`, { method: 'PUT', body: image, signal: AbortSignal.timeout(imageMs) }),
  remove: () => request<Answer>({ method: 'DELETE', path }),
})

export const ownFace = faceAt<{ profile: OwnProfile } | undefined>('/me/avatar')
export const botFace = (id: string) => faceAt(`/admin/bots/${id}/avatar`)
export const hookFace = (room: string, hook: string) => faceAt(`/rooms/${room}/hooks/incoming/${hook}/avatar`)
export const roomPicture = (room: string) => faceAt<RoomAnswer>(`/rooms/${room}/picture`)
export const workspacePicture = faceAt<Workspace>('/workspace/picture')
