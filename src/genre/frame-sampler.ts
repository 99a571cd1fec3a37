/**
 * Which frames of a film are looked at when it has more than are needed: about `maxFrames`, evenly spread over its
 * length. Decided by the frame's time alone, so it works while the film is being decoded: time is cut into `maxFrames`
 * slots, and the first frame of each slot is taken. A second pass fills slots that the first left empty.
 * @param duration seconds; a film of unknown length (0) is taken whole until `maxFrames` are reached
 */
export function createFrameSampler(duration: number, maxFrames: number): (time: number) => boolean {
  const taken = new Set<number>();
  return (time) => {
    const slot = duration > 0 ? Math.floor((time * maxFrames) / duration) : taken.size;
    if (taken.size >= maxFrames || taken.has(slot)) return false;
    taken.add(slot);
    return true;
  };
}
