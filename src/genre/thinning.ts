/**
 * Which frames of a film are looked at when it has more than are needed: about `maxFrames`, evenly spread over its
 * length. Decided by the frame's time alone, so it works while the film is being decoded: time is cut into `maxFrames`
 * slots, and the first frame of each slot is taken.
 * @param duration seconds; a film of unknown length (0) is taken whole until `maxFrames` are reached
 */
export function createThinning(duration: number, maxFrames: number): (time: number) => boolean {
  let taken = 0;
  let lastSlot = -1;
  return (time) => {
    if (taken >= maxFrames) return false;
    const slot = duration > 0 ? Math.floor((time * maxFrames) / duration) : taken;
    if (slot <= lastSlot) return false;
    lastSlot = slot;
    taken++;
    return true;
  };
}
