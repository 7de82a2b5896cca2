/** Brings posts to everybody in their channels: each frame is made once, and what comes together is sent together. */
import { frameOf } from './participant.ts';
import type { Opening, Participant, ServerMessage } from './participant.ts';
import type { StoredPost } from './queries.ts';
import type { Rooms } from './rooms.ts';

export function deliverPosts(rooms: Rooms, posts: readonly StoredPost[]): void {
  for (const [channel, own] of Map.groupBy(posts, (post) => post.channel)) {
    const receivers = rooms.inChannel(channel);
    const [first] = receivers;
    if (first) deliverTo(receivers, ownFrames(first.opening, own));
  }
}

interface Framed {
  readonly frame: Buffer;
  /** Who knows already; nobody where it is undefined. */
  readonly knownTo: number | undefined;
}

function ownFrames(opening: Opening, posts: readonly StoredPost[]): Framed[] {
  return posts.map((post) => ({
    frame: frameOf(opening, messageOf(post)),
    knownTo: post.kind === 'message' ? undefined : post.user_id,
  }));
}

function deliverTo(receivers: Iterable<Participant>, framed: readonly Framed[]): void {
  const whole = Buffer.concat(framed.map(({ frame }) => frame));
  const known = new Set(framed.map(({ knownTo }) => knownTo));
  for (const { connection, userId } of receivers) {
    if (known.has(userId))
      framed.forEach(({ frame, knownTo }) => knownTo !== userId && connection.send(frame));
    else connection.send(whole, framed.length);
  }
}

function messageOf({ kind, channel, user_id: from, text, created_at: at }: StoredPost): ServerMessage {
  if (kind === 'message') return { type: 'message', channel, from, text: text ?? '', at };
  return { type: kind, channel, from, at };
}
