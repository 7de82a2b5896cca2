/** Who is where, in this process. */
import type { Participant } from './participant.ts';

export interface Rooms {
  readonly size: number;
  everybody(): Iterable<Participant>;
  inChannel(channel: string): ReadonlySet<Participant>;
  ofUser(userId: number): ReadonlySet<Participant>;
  enter(participant: Participant): void;
  join(participant: Participant, channel: string): void;
  leave(participant: Participant, channel: string): void;
  /** Out of every channel, and gone. */
  exit(participant: Participant): void;
}

const nobody: ReadonlySet<Participant> = new Set();

export function createRooms(): Rooms {
  const all = new Set<Participant>();
  const byUser = new Map<number, Set<Participant>>();
  const byChannel = new Map<string, Set<Participant>>();
  const leave = (participant: Participant, channel: string) => {
    participant.channels.delete(channel);
    removeFrom(byChannel, channel, participant);
  };
  return {
    get size() {
      return all.size;
    },
    everybody: () => all,
    inChannel: (channel) => byChannel.get(channel) ?? nobody,
    ofUser: (userId) => byUser.get(userId) ?? nobody,
    enter(participant) {
      all.add(participant);
      addTo(byUser, participant.userId, participant);
    },
    join(participant, channel) {
      participant.channels.add(channel);
      addTo(byChannel, channel, participant);
    },
    leave,
    exit(participant) {
      for (const channel of participant.channels) leave(participant, channel);
      removeFrom(byUser, participant.userId, participant);
      all.delete(participant);
    },
  };
}

function addTo<Key>(map: Map<Key, Set<Participant>>, key: Key, participant: Participant): void {
  map.set(key, (map.get(key) ?? new Set()).add(participant));
}

/** An empty set goes as well: names of channels come from clients. */
function removeFrom<Key>(map: Map<Key, Set<Participant>>, key: Key, participant: Participant): void {
  const set = map.get(key);
  set?.delete(participant);
  if (set?.size === 0) map.delete(key);
}
